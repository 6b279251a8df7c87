import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/untrusted/sinks.ts';
import { showInfo } from '../../editor/messages.ts';
import { pickOne } from '../../editor/quickInput.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import { findingWords, holdersWords, severityWords } from '../../text/privileges/findings.ts';
import { checkPrivileges } from './checkPrivileges.ts';
import { findingIn, hasRole, lastJudgement } from './showReport.ts';
import type { PrivilegesServices } from './services.ts';

/**
 * Opens the manifest of a finding's role at the field to change.
 * @param argument carries the finding; without it the user is asked for one
 */
export async function openFinding(services: PrivilegesServices, argument: object | undefined): Promise<void> {
  const finding =
    findingIn(argument) ?? (await chooseFinding(services, l10n.t('Open Role of a Finding'), hasRole));
  if (!finding) return;
  const { openManifest } = await import('../manifests/openManifest.ts');
  await openManifest(services, finding.role, finding.path);
}

/**
 * Asks for one of the findings that no exception accepts.
 * @returns undefined if there is no such finding, after a message, or if the cluster could not be read
 * @throws Cancelled if the user closes the dialog
 */
export async function chooseFinding(
  services: PrivilegesServices,
  title: string,
  isOffered: (finding: Finding) => boolean = () => true,
): Promise<Finding | undefined> {
  if (!services.census.last) await checkPrivileges(services);
  const judgement = await lastJudgement(services);
  const open = (judgement?.judged.open ?? []).filter(isOffered);
  if (open.length === 0) {
    if (judgement) void showInfo(l10n.t('There is no finding.'));
    return undefined;
  }
  const choices = open.map((finding) => ({
    label: `${forPick(finding.role)}: ${findingWords(finding).title}`,
    description: severityWords(finding.grade),
    detail: holdersWords(finding.holders, 4).replaceAll('$(', '$ ('),
    value: finding,
  }));
  return pickOne({ title }, { choices, placeholder: l10n.t('Which finding?') });
}
