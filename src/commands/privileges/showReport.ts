import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import * as l10n from '@vscode/l10n';
import { forStatusBar } from '../../access/text/sinks.ts';
import type { Lens } from '../../editor/documents/textDocuments.ts';
import { isTrustedArgument, trusted } from '../../editor/trustedArguments.ts';
import { setting } from '../../editor/settings.ts';
import { applyExceptions, readExceptions, type Exception } from '../../privileges/report/exceptions.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import { reportPage } from '../../text/privileges/reportPage.ts';
import type { ExceptionsState } from '../../text/privileges/exceptions.ts';
import type { JudgedReport } from '../../text/privileges/verdict.ts';
import { readCensusNow, reportOf } from './readCensusNow.ts';
import type { CommandId } from '../shared/commandIds.ts';
import type { PrivilegesServices } from './services.ts';

/** More than a file of exceptions ever holds, in bytes. */
const largest = 4_000_000;

/** The file of accepted exceptions; undefined where none is named. */
export function exceptionsFile(): string | undefined {
  const path = setting('exceptions').trim();
  return path === '' ? undefined : path;
}

/** What is accepted, and whether the file of it can be used. */
export async function acceptedExceptions(): Promise<{
  readonly list: readonly Exception[];
  readonly exceptions: ExceptionsState;
}> {
  const file = exceptionsFile();
  if (file === undefined) return { list: [], exceptions: { kind: 'none' } };
  try {
    const { size } = await stat(file);
    if (isAbsolute(file) && size <= largest) {
      const read = readExceptions(await readFile(file, 'utf8'));
      return read.kind === 'read'
        ? { list: read.list, exceptions: { kind: 'read' } }
        : { list: [], exceptions: { ...read, file } };
    }
  } catch {
    // As one that is too big, or is not named by an absolute path.
  }
  return { list: [], exceptions: { kind: 'unreadable', file } };
}

/** Opens the file of accepted exceptions, at what is wrong in it if that is known. */
export async function openExceptions(state: ExceptionsState): Promise<void> {
  if (state.kind !== 'broken' && state.kind !== 'unreadable') return;
  const at = new vscode.Position(state.kind === 'broken' ? state.line - 1 : 0, 0);
  const selection = new vscode.Range(at, at);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(state.file), { selection });
}

/** The last report with what is accepted in it now; reads the cluster first where nothing was read. */
export async function currentJudgement(services: PrivilegesServices): Promise<JudgedReport | undefined> {
  if (!services.census.last && (await readCensusNow(services))) await showReport(services);
  const { last } = services.census;
  if (!last) return undefined;
  const [report, { list, exceptions }] = await Promise.all([reportOf(last), acceptedExceptions()]);
  return { report, judged: applyExceptions(report.findings, list, services.clock.now()), exceptions };
}

/** Shows the last report, or redraws it where it is open. */
export async function showReport(services: PrivilegesServices): Promise<void> {
  const judgement = await currentJudgement(services);
  if (!judgement) return;
  const { text, places, unusableLine: unusable } = reportPage(judgement, services.clock.now());
  const open = l10n.t('Open File');
  const press = (): Promise<void> => openExceptions(judgement.exceptions);
  const lenses = [
    ...(unusable === undefined ? [] : [{ line: unusable, title: open, key: 'exceptions', press }]),
    ...places.flatMap(({ line, finding }) => lensesOf(line, finding)),
  ];
  const uri = services.documents.put('/Standing Privileges.txt', text, '', lenses);
  await vscode.window.showTextDocument(uri, { preview: false });
}

/** Whether there is a role that can be opened to change it. */
export const hasRole = ({ noRole, list }: Finding): boolean => !noRole && list === undefined;

function lensesOf(line: number, finding: Finding): Lens[] {
  const lens = (title: string, command: CommandId): Lens => ({
    ...{ line, title, key: `${command} ${finding.id}` },
    press: () => vscode.commands.executeCommand(command, trusted({ finding })),
  });
  return [
    ...(hasRole(finding)
      ? [lens(l10n.t('Open {0}', forStatusBar(finding.role)), 'jitAccess.openFinding')]
      : []),
    lens(l10n.t('Accept…'), 'jitAccess.acceptFinding'),
  ];
}

/** The finding in a command's argument, which must be an object we made. */
export function findingIn(argument: object | undefined): Finding | undefined {
  if (!isTrustedArgument(argument) || !('finding' in argument)) return undefined;
  return argument.finding as Finding;
}
