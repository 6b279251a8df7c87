import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/text/sinks.ts';
import { showInfo } from '../../editor/messages.ts';
import { back, Cancelled, pickOne } from '../../editor/quickInput.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import { severityWords, holdersWords, titleWords } from '../../text/privileges/findings.ts';
import { currentJudgement, findingIn, hasRole } from './showReport.ts';
import type { PrivilegesServices } from './services.ts';

/** Opens the role that a finding is about, at what is to be changed. */
export async function openFinding(services: PrivilegesServices, argument: object | undefined): Promise<void> {
  const finding =
    findingIn(argument) ?? (await anyFinding(services, l10n.t('Open Role of a Finding'), hasRole));
  if (!finding) return;
  const { openManifest } = await import('../manifests/openManifest.ts');
  await openManifest(services, finding.role, finding.path);
}

/** One of the findings that count. @throws Left */
export async function anyFinding(
  services: PrivilegesServices,
  title: string,
  fits: (finding: Finding) => boolean = () => true,
): Promise<Finding | undefined> {
  const judgement = await currentJudgement(services);
  const open = (judgement?.judged.open ?? []).filter(fits);
  if (open.length === 0) {
    if (judgement) void showInfo(l10n.t('There is no finding.'));
    return undefined;
  }
  const choices = open.map((finding) => ({
    label: `${forPick(finding.role)}: ${titleWords(finding.kind)}`,
    description: severityWords(finding.grade),
    detail: holdersWords(finding.holders, 4).replaceAll('$(', '$ ('),
    value: finding,
  }));
  const chosen = await pickOne({ title }, { choices, placeholder: l10n.t('Which finding?') });
  if (chosen === back) throw new Cancelled();
  return chosen;
}
