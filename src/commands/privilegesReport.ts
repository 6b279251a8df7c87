import { readFile, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import * as l10n from '@vscode/l10n';
import { forStatusBar } from '../access/inert.ts';
import type { Lens } from '../editor/documents.ts';
import { isOurs, mark } from '../editor/ours.ts';
import { setting } from '../editor/settings.ts';
import type { Census } from '../roles/census.ts';
import { judge, readExceptions, type Exception } from '../roles/exceptions.ts';
import { readDuration } from '../roles/duration.ts';
import type { Finding } from '../roles/finding.ts';
import { analyse, type Report } from '../roles/privileges.ts';
import { privilegesPage } from '../words/privilegesPage.ts';
import type { ExceptionsState, Judgement } from '../words/verdict.ts';
import { checkPrivileges } from './checkPrivileges.ts';
import type { Tools } from './tools.ts';

/** How long an admin role may last where the setting is no duration, in ms. */
const usualLimit = 6 * 3_600_000;
/** More than a file of exceptions ever holds, in bytes. */
const largest = 4_000_000;

const reports = new WeakMap<Census, Promise<Report>>();

/** The report of a census, made once. */
export function reportOf(census: Census, signal?: AbortSignal): Promise<Report> {
  const before = reports.get(census);
  if (before) return before;
  const made = analyse(census, {
    limit: readDuration(setting('manifests.longestSession')) ?? usualLimit,
    signal,
  });
  reports.set(census, made);
  made.catch(() => reports.delete(census));
  return made;
}

/** The file of accepted exceptions; undefined where none is named. */
export function exceptionsFile(): string | undefined {
  const path = setting('exceptions').trim();
  return path === '' ? undefined : path;
}

async function acceptedOnes(): Promise<{ list: readonly Exception[]; exceptions: ExceptionsState }> {
  const path = exceptionsFile();
  if (path === undefined) return { list: [], exceptions: { kind: 'none' } };
  try {
    const { size } = await stat(path);
    if (!isAbsolute(path) || size > largest) return { list: [], exceptions: { kind: 'unreadable' } };
    const read = readExceptions(await readFile(path, 'utf8'));
    return read.kind === 'read'
      ? { list: read.list, exceptions: { kind: 'read' } }
      : { list: [], exceptions: read };
  } catch {
    return { list: [], exceptions: { kind: 'unreadable' } };
  }
}

/** The last report with what is accepted in it now; reads the cluster first where nothing was read. */
export async function currentJudgement(tools: Tools): Promise<Judgement | undefined> {
  if (!tools.census.last) await checkPrivileges(tools);
  const { last } = tools.census;
  if (!last) return undefined;
  const [report, { list, exceptions }] = await Promise.all([reportOf(last), acceptedOnes()]);
  return { report, judged: judge(report.findings, list, tools.clock.now()), exceptions };
}

/** Shows the last report, or redraws it where it is open. */
export async function showReport(tools: Tools): Promise<void> {
  const judgement = await currentJudgement(tools);
  if (!judgement) return;
  const { text, places } = privilegesPage(judgement, tools.clock.now());
  const lenses = places.flatMap(({ line, finding }) => lensesOf(line, finding));
  const uri = tools.documents.put('/Standing Privileges.txt', text, '', lenses);
  await vscode.window.showTextDocument(uri, { preview: false });
}

/** Whether there is a role that can be opened to change it. */
export const hasRole = ({ noRole, list }: Finding): boolean => !noRole && list === undefined;

function lensesOf(line: number, finding: Finding): Lens[] {
  const argument = mark({ finding });
  return [
    ...(hasRole(finding)
      ? [
          {
            line,
            title: l10n.t('Open {0}', forStatusBar(finding.role)),
            about: finding.id,
            command: 'jitAccess.openFinding',
            argument,
          },
        ]
      : []),
    { line, title: l10n.t('Accept…'), about: finding.id, command: 'jitAccess.acceptFinding', argument },
  ];
}

/** The finding in a command's argument, which must be an object we made. */
export function findingIn(argument: object | undefined): Finding | undefined {
  if (!isOurs(argument) || !('finding' in argument)) return undefined;
  return argument.finding as Finding;
}
