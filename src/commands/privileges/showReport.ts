import { readFile, stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import * as l10n from '@vscode/l10n';
import { forStatusBar } from '../../access/untrusted/sinks.ts';
import type { Lens } from '../../editor/documents/textDocuments.ts';
import { isTrustedArgument, trusted } from '../../editor/trustedArguments.ts';
import { openSettings, setting } from '../../editor/settings.ts';
import type { Census } from '../../privileges/census/census.ts';
import { analyse, type PrivilegesReport } from '../../privileges/report/analyse.ts';
import { applyExceptions, largestExceptions, readExceptions } from '../../privileges/report/exceptions.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import { sessionLimitOf } from '../../roles/role/duration.ts';
import { isFullPath } from '../../teleport/environment/withoutWorkspace.ts';
import { reportPage } from '../../text/privileges/reportPage.ts';
import type { ExceptionsState } from '../../text/privileges/exceptions.ts';
import type { JudgedReport } from '../../text/privileges/verdict.ts';
import type { CommandId } from '../shared/commandIds.ts';
import type { PrivilegesServices } from './services.ts';

/** The path of the file of accepted exceptions; undefined if the setting is empty. */
export function exceptionsFile(): string | undefined {
  const path = setting('exceptions').trim();
  return path === '' ? undefined : path;
}

/** Reads the accepted exceptions and whether their file can be used. */
export async function acceptedExceptions(): Promise<ExceptionsState> {
  const file = exceptionsFile();
  if (file === undefined) return { kind: 'none' };
  if (!isFullPath(file)) return { kind: 'relative', file };
  try {
    const { size } = await stat(file);
    if (size <= largestExceptions) {
      const result = readExceptions(await readFile(file, 'utf8'));
      return result.kind === 'read' ? result : { ...result, file };
    }
  } catch {
    // Handled below like a file that is too large.
  }
  return { kind: 'unreadable', file };
}

/**
 * Opens an unusable file of accepted exceptions, at the line of the problem if it is known; the settings if they
 * name no full path.
 */
export async function openExceptions(state: ExceptionsState): Promise<void> {
  if (state.kind === 'relative') return openSettings();
  if (state.kind !== 'broken' && state.kind !== 'unreadable') return;
  const lineStart = new vscode.Position(state.kind === 'broken' ? state.line - 1 : 0, 0);
  const selection = new vscode.Range(lineStart, lineStart);
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(state.file), { selection });
}

const reports = new WeakMap<Census, Promise<PrivilegesReport>>();

/** Analyses a census. Each census is analysed only once. */
export function reportOf(census: Census, signal?: AbortSignal): Promise<PrivilegesReport> {
  const existing = reports.get(census);
  if (existing) return existing;
  const report = analyse(census, { limit: sessionLimitOf(setting('manifests.longestSession')), signal });
  reports.set(census, report);
  report.catch(() => reports.delete(census));
  return report;
}

/** The last report with the current exceptions applied; undefined where no census was read. */
export async function lastJudgement(services: PrivilegesServices): Promise<JudgedReport | undefined> {
  const { last } = services.census;
  if (!last) return undefined;
  const [report, exceptions] = await Promise.all([reportOf(last), acceptedExceptions()]);
  const list = exceptions.kind === 'read' ? exceptions.list : [];
  return { report, judged: applyExceptions(report.findings, list, services.clock.now()), exceptions };
}

/**
 * Shows the last report. A report that is already open is redrawn.
 * @param fromTop goes to the first line, which says who holds what; otherwise VS Code keeps the place where
 *   the user was, also that of an older report
 */
export async function showReport(services: PrivilegesServices, fromTop = false): Promise<void> {
  const judgement = await lastJudgement(services);
  if (!judgement) return;
  const { text, places, unusableLine } = reportPage(judgement, services.clock.now());
  const openFile = l10n.t('Open File');
  const press = (): Promise<void> => openExceptions(judgement.exceptions);
  const lenses = [
    ...(unusableLine === undefined
      ? []
      : [{ line: unusableLine, title: openFile, key: 'exceptions', press }]),
    ...places.flatMap(({ line, finding }) => lensesOf(line, finding)),
  ];
  const uri = services.documents.put('/Standing Privileges.txt', text, '', lenses);
  const place = fromTop ? { selection: new vscode.Range(0, 0, 0, 0) } : {};
  await vscode.window.showTextDocument(uri, { preview: false, ...place });
}

/** Whether a finding is about a role that can be opened and changed. */
export const hasRole = ({ noRole, list }: Finding): boolean => !noRole && list === undefined;

/** The actions above a finding in the report. */
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

/** The finding in a command's argument. Only an argument that the extension itself created is accepted. */
export function findingIn(argument: object | undefined): Finding | undefined {
  if (!isTrustedArgument(argument) || !('finding' in argument)) return undefined;
  return argument.finding as Finding;
}
