import * as l10n from '@vscode/l10n';
import { forPage, forSentence } from '../../access/untrusted/sinks.ts';
import type { Untrusted, Instant } from '../../access/untrusted/untrusted.ts';
import type { Approvers, Requesters } from '../../privileges/report/requestersAndApprovers.ts';
import type { LockInForce } from '../../privileges/census/census.ts';
import type { Holder } from '../../privileges/census/holders.ts';
import type { JudgedFindings } from '../../privileges/report/exceptions.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import { findingSeverities } from '../../privileges/powers/severity.ts';
import type { PrivilegesReport } from '../../privileges/report/analyse.ts';
import { gapWords, partWords } from './censusGaps.ts';
import { complianceControls } from './complianceControls.ts';
import { unusableWords } from './exceptions.ts';
import {
  approvalCountWords,
  findingWords,
  holdersWords,
  namesInLine,
  pathWords,
  severityWords,
  summaryWords,
} from './findings.ts';
import { atTime, fullDateTime, inUtc } from '../time.ts';
import { verdictWords, type JudgedReport } from './verdict.ts';
import { wrapLines } from '../wrapLines.ts';

/** The report as a page of text. Lines are counted from 0. */
export interface ReportPage {
  readonly text: string;
  /** The line of the note that the exceptions file cannot be used. */
  readonly unusableLine?: number;
  /** The line where each finding begins. */
  readonly places: readonly { readonly line: number; readonly finding: Finding }[];
}

/** The number of entries of one section that the page shows. The JSON contains all of them. */
const mostEntries = 60;

const labelled = (name: string, text: string): string[] => wrapLines(`   ${`${name}:`.padEnd(9)} `, text);

/** Writes how many resources were read. Kinds without a resource are left out. */
function countedWords({ people, census }: PrivilegesReport): string {
  const counts: (readonly [number, string])[] = [
    [people, l10n.t('people')],
    [census.roles.size, l10n.t('roles')],
    [census.connectors, l10n.t('SSO connectors')],
    [census.accessLists.length, l10n.t('access lists')],
    [census.bots.length, l10n.t('bots')],
    [census.roleMaps.length, l10n.t('role maps of trusted clusters')],
    [census.locks.length, l10n.t('locks')],
  ];
  const present = counts.filter(([count]) => count > 0).map(([count, noun]) => `${String(count)} ${noun}`);
  return l10n.t('Counted: {0}', present.join(', '));
}

/** Writes the report as plain text. Untrusted texts are inert: in quotation marks or behind the mark │. */
export function reportPage(judgedReport: JudgedReport, now: Instant): ReportPage {
  const { report, judged } = judgedReport;
  const { census } = report;
  const lines: string[] = [
    verdictWords(judgedReport, now),
    '',
    l10n.t('Cluster: {0}, as {1} may read it', forSentence(census.cluster), forSentence(census.user)),
    l10n.t('Read: {0} ({1})', fullDateTime(census.readAt), inUtc(census.readAt)),
    countedWords(report),
    ...(census.absent.length > 0
      ? [l10n.t('Not there in this edition or version: {0}', census.absent.map(partWords).join(', '))]
      : []),
  ];
  const places: { line: number; finding: Finding }[] = [];
  section(
    lines,
    l10n.t('What could not be read'),
    census.gaps.flatMap((gap) => wrapLines('  ', gapWords(gap))),
  );
  const notes = unusableWords(judgedReport.exceptions);
  const unusableLine = notes.length > 0 ? { unusableLine: lines.length + 1 } : {};
  section(
    lines,
    '',
    notes.flatMap((note) => wrapLines('', note)),
  );
  section(lines, '', exceptionNotes(judged));
  section(
    lines,
    l10n.t('Accepted exceptions that match nothing: it is gone, or others hold it now'),
    limited(judged.unused.map(({ id, what, until }) => [`  ${id}: ${forSentence(what)} (${until})`])),
  );

  for (const grade of findingSeverities) {
    const findings = judged.open.filter((finding) => finding.grade === grade);
    if (findings.length === 0) continue;
    lines.push('', severityWords(grade));
    for (const finding of findings.slice(0, mostEntries)) {
      lines.push('');
      places.push({ line: lines.length, finding });
      lines.push(...findingLines(places.length, finding));
    }
    if (findings.length > mostEntries) lines.push('', moreWords(findings.length - mostEntries));
  }
  if (judged.open.length === 0) lines.push('', l10n.t('No findings'));

  section(
    lines,
    l10n.t('Who may ask'),
    limited(report.requesters.map((group) => requesterLines(group, report.elevated))),
  );
  section(lines, l10n.t('Who may approve'), limited(report.approvers.map(approverLines)));
  section(lines, l10n.t('Locks'), limited(census.locks.map((lock) => lockLines(lock, now))));
  section(lines, l10n.t('Accepted exceptions'), acceptedLines(judged));
  section(lines, l10n.t('What of this is evidence for which control'), controlLines());
  lines.push(
    '',
    ...wrapLines(
      '',
      l10n.t(
        'Only what Teleport is configured to allow was looked at. Names in quotation marks and lines with │ were written by others.',
      ),
    ),
    '',
  );
  return { text: lines.join('\n'), places, ...unusableLine };
}

function section(lines: string[], title: string, content: readonly string[]): void {
  if (content.length > 0) lines.push('', ...(title === '' ? [] : [title]), ...content);
}

const moreWords = (count: number): string =>
  `  ${l10n.t('… and {0} more; Save Report as JSON has all', count)}`;

function limited(blocks: readonly (readonly string[])[]): string[] {
  const hidden = blocks.length - mostEntries;
  return [...blocks.slice(0, mostEntries).flat(), ...(hidden > 0 ? [moreWords(hidden)] : [])];
}

function findingLines(number: number, finding: Finding): string[] {
  const { holders, role, noRole } = finding;
  const about = noRole && holders[0] ? holders[0].name : role;
  const { title, means, fix } = findingWords(finding);
  return [
    `${String(number)}. ${forSentence(about)}: ${title}`,
    ...labelled(l10n.t('Who'), holdersWords(holders)),
    ...labelled(l10n.t('Path'), pathWords(finding)),
    ...labelled(l10n.t('Means'), means),
    ...labelled(l10n.t('Fix'), fix),
    ...labelled(l10n.t('Id'), finding.id),
  ];
}

const throughLine = (roles: readonly Untrusted[], holders: readonly Holder[]): string =>
  `  ${l10n.t('Through {0}: {1}', namesInLine(roles), holdersWords(holders))}`;

function requesterLines({ through, holders, routes }: Requesters, elevated: readonly Untrusted[]): string[] {
  const targets = routes.slice(0, 20).map(({ target, approvals }) => {
    const needed = approvalCountWords(approvals, l10n.t('1 approval'));
    return elevated.includes(target)
      ? l10n.t('{0} ({1}, admin)', forSentence(target), needed)
      : l10n.t('{0} ({1})', forSentence(target), needed);
  });
  const rest = routes.length > 20 ? [l10n.t('{0} more', routes.length - 20)] : [];
  return [throughLine(through, holders), ...labelled(l10n.t('for'), [...targets, ...rest].join(', '))];
}

function approverLines({ how, through, holders, targets, conditional, system }: Approvers): string[] {
  const right =
    how === 'rule'
      ? l10n.t('by a rule: decide every request alone with tctl, their own too')
      : targets.size === 0
        ? l10n.t('reviews, though nobody may ask for what they could review')
        : l10n.t('review {0}, never their own requests', namesInLine([...targets], 20));
  const notes = [
    ...(conditional ? [l10n.t('under a condition that was not looked into')] : []),
    ...(system ? [l10n.t("one of Teleport's own users, for automatic reviews")] : []),
  ];
  return [throughLine(through, holders), ...labelled(l10n.t('may'), [right, ...notes].join('; '))];
}

function lockLines({ targets, message, expires }: LockInForce, now: Instant): string[] {
  const targetText = targets
    .map(([kind, name]) => `${kind.replaceAll(/[^a-z_]/g, '')} ${forSentence(name)}`)
    .join(', ');
  const until =
    expires === undefined ? l10n.t('until it is removed') : l10n.t('until {0}', atTime(expires, now));
  return [
    `  ${l10n.t('{0}, {1}', targetText, until)}`,
    ...(message ? forPage(message).map((line) => `    ${line}`) : []),
  ];
}

const exceptionNotes = ({ expired, tooFar }: JudgedFindings): string[] => [
  ...expired.map(({ exception: { until }, finding: { role } }) =>
    l10n.t('The exception for {0} ended on {1}: it is a finding again.', forSentence(role), until),
  ),
  ...tooFar.map(({ exception: { until }, finding: { role } }) =>
    l10n.t(
      'The exception for {0} ends on {1}, more than a year ahead, and so does not count.',
      forSentence(role),
      until,
    ),
  ),
];

const acceptedLines = ({ accepted }: JudgedFindings): string[] =>
  accepted.flatMap(({ finding, exception }) => [
    `  ${summaryWords(finding)} (${severityWords(finding.grade)})`,
    ...labelled(l10n.t('Who'), holdersWords(finding.holders)),
    ...labelled(l10n.t('Owner'), forSentence(exception.owner)),
    ...labelled(l10n.t('Reason'), forSentence(exception.reason)),
    ...labelled(l10n.t('Until'), exception.until),
    ...labelled(l10n.t('Id'), exception.id),
  ]);

function controlLines(): string[] {
  const all = complianceControls();
  const frameworkWidth = Math.max(...all.map(({ framework }) => framework.length));
  const idWidth = Math.max(...all.map(({ id }) => id.length));
  return all.flatMap(({ framework, id, evidence }) =>
    wrapLines(`  ${framework.padEnd(frameworkWidth)}  ${id.padEnd(idWidth)}  `, evidence),
  );
}
