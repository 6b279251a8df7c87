import { homedir } from 'node:os';
import * as vscode from 'vscode';
import * as l10n from '@vscode/l10n';
import { forMessage } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { showError, showInfo } from '../../editor/messages.ts';
import { Cancelled, pickOne, titleWithStep } from '../../editor/quickInput.ts';
import { dayOf } from '../../privileges/report/exceptions.ts';
import { privilegesCsv, privilegesJson } from '../../text/privileges/reportExport.ts';
import { reportPage } from '../../text/privileges/reportPage.ts';
import type { JudgedReport } from '../../text/privileges/verdict.ts';
import { checkPrivileges } from './checkPrivileges.ts';
import { lastJudgement } from './showReport.ts';
import type { PrivilegesServices } from './services.ts';

/** A file format of the report. */
interface Format {
  readonly ending: string;
  readonly label: string;
  readonly description: string;
  readonly write: (judgement: JudgedReport, now: number) => string;
}

const formats = (): readonly Format[] => [
  {
    ending: 'txt',
    label: l10n.t('Text'),
    description: l10n.t('as it is shown'),
    write: (judgement, now) => reportPage(judgement, now).text,
  },
  {
    ending: 'json',
    label: l10n.t('JSON'),
    description: l10n.t('everything, for other programs'),
    write: privilegesJson,
  },
  {
    ending: 'csv',
    label: l10n.t('CSV'),
    description: l10n.t('findings, a row for each holder, for a spreadsheet'),
    write: privilegesCsv,
  },
];

/**
 * Saves the last report in a format and a file that the user chooses.
 * @throws Cancelled if a dialog is closed
 */
export async function saveReport(services: PrivilegesServices): Promise<void> {
  if (!services.census.last) await checkPrivileges(services);
  const judgement = await lastJudgement(services);
  if (!judgement) return;
  const choices = formats().map((format) => ({
    label: format.label,
    description: format.description,
    value: format,
  }));
  const format = await pickOne(
    { title: titleWithStep(l10n.t('Save Report'), l10n.t('as what')) },
    { choices, placeholder: l10n.t('As what?') },
  );
  const now = services.clock.now();
  const file = await vscode.window.showSaveDialog({
    title: l10n.t('Save Report'),
    defaultUri: vscode.Uri.joinPath(
      vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir()),
      `standing-privileges-${dayOf(judgement.report.census.readAt)}.${format.ending}`,
    ),
    filters: { [format.label]: [format.ending] },
  });
  if (!file) throw new Cancelled();
  try {
    await vscode.workspace.fs.writeFile(file, Buffer.from(format.write(judgement, now), 'utf8'));
  } catch (error) {
    services.log.unexpected(error);
    const text = l10n.t('The report could not be written there. Choose another place.');
    if (await showError(text, { title: l10n.t('Choose Again…'), value: true })) await saveReport(services);
    return;
  }
  const name = forMessage(untrusted(file.path.slice(file.path.lastIndexOf('/') + 1)));
  const savedText =
    name === undefined ? l10n.t('The report is saved.') : l10n.t('The report is saved as {0}.', name);
  const open = await showInfo(savedText, { title: l10n.t('Open'), value: true });
  if (open) await vscode.window.showTextDocument(file);
}
