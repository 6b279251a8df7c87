import * as l10n from '@vscode/l10n';
import { forPage, forSentence } from '../../access/text/sinks.ts';
import type { Untrusted, Instant } from '../../access/text/untrusted.ts';
import type { Approvers, Askers } from '../../privileges/report/requestersAndApprovers.ts';
import type { LockInForce } from '../../privileges/census/census.ts';
import type { Exception, Judged } from '../../privileges/report/exceptions.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import { findingSeverities } from '../../privileges/powers/severity.ts';
import type { PrivilegesReport } from '../../privileges/report/analyse.ts';
import { gapWords, partWords } from './censusGaps.ts';
import { controls } from './complianceControls.ts';
import { unusableWords } from './exceptions.ts';
import {
  findingFixWords,
  severityWords,
  holdersWords,
  meaningWords,
  namesInLine,
  pathWords,
  titleWords,
} from './findings.ts';
import { atTime, fully, inUtc } from '../time.ts';
import { verdictWords, type Judgement } from './verdict.ts';
import { wrapLines } from '../wrapLines.ts';

/** A page, and on which line (from 0) each finding begins, and what is said of a file that cannot be used. */
export interface Page {
  readonly text: string;
  readonly unusable?: number;
  readonly places: readonly { readonly line: number; readonly finding: Finding }[];
}

/** How many lines of one part are shown; all of them are in the JSON. */
const most = 60;

const named = (name: string, text: string): string[] => wrapLines(`   ${`${name}:`.padEnd(9)} `, text);

/** How much was read; nothing of what there is none of. */
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
  const some = counts.filter(([count]) => count > 0).map(([count, what]) => `${String(count)} ${what}`);
  return l10n.t('Counted: {0}', some.join(', '));
}

/** The report as plain text. Every text of somebody else is inert, in quotation marks or behind a mark. */
export function reportPage(judgement: Judgement, now: Instant): Page {
  const { report, judged } = judgement;
  const { census } = report;
  const lines: string[] = [verdictWords(judgement, now), ''];
  const places: { line: number; finding: Finding }[] = [];
  lines.push(
    l10n.t('Cluster: {0}, as {1} may read it', forSentence(census.cluster), forSentence(census.user)),
    l10n.t('Read: {0} ({1})', fully(census.at), inUtc(census.at)),
    countedWords(report),
    ...(census.absent.length > 0
      ? [l10n.t('Not there in this edition or version: {0}', census.absent.map(partWords).join(', '))]
      : []),
  );
  section(
    lines,
    l10n.t('What could not be read'),
    census.gaps.flatMap((gap) => wrapLines('  ', gapWords(gap))),
  );
  const notes = unusableWords(judgement.exceptions);
  const unusable = notes.length > 0 ? { unusable: lines.length + 1 } : {};
  section(
    lines,
    '',
    notes.flatMap((note) => wrapLines('', note)),
  );
  section(lines, '', exceptionNotes(judged));
  section(
    lines,
    l10n.t('Accepted exceptions that match nothing: it is gone, or others hold it now'),
    limited(judged.needless.map(({ id, what, until }) => [`  ${id}: ${forSentence(what)} (${until})`])),
  );

  let number = 0;
  for (const grade of findingSeverities) {
    const found = judged.open.filter((finding) => finding.grade === grade);
    if (found.length === 0) continue;
    lines.push('', severityWords(grade));
    for (const finding of found.slice(0, most)) {
      number += 1;
      lines.push('');
      places.push({ line: lines.length, finding });
      lines.push(...findingLines(number, finding));
    }
    if (found.length > most) lines.push('', more(found.length - most));
  }
  if (judged.open.length === 0) lines.push('', l10n.t('No findings'));

  section(
    lines,
    l10n.t('Who may ask'),
    limited(report.askers.map((one) => askerLines(one, report.elevated))),
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
  return { text: lines.join('\n'), places, ...unusable };
}

function section(lines: string[], title: string, content: readonly string[]): void {
  if (content.length > 0) lines.push('', ...(title === '' ? [] : [title]), ...content);
}

const more = (count: number): string => `  ${l10n.t('… and {0} more; Save Report as JSON has all', count)}`;

function limited(blocks: readonly (readonly string[])[]): string[] {
  const left = blocks.length - most;
  return [...blocks.slice(0, most).flat(), ...(left > 0 ? [more(left)] : [])];
}

function findingLines(number: number, finding: Finding): string[] {
  const { holders, role, kind, noRole } = finding;
  const about = noRole && holders[0] ? holders[0].name : role;
  return [
    `${String(number)}. ${forSentence(about)}: ${titleWords(kind)}`,
    ...named(l10n.t('Who'), holdersWords(holders)),
    ...named(l10n.t('Path'), pathWords(finding)),
    ...named(l10n.t('Means'), meaningWords(finding)),
    ...named(l10n.t('Fix'), findingFixWords(finding)),
    ...named(l10n.t('Id'), finding.id),
  ];
}

function askerLines({ through, holders, ways }: Askers, elevated: readonly Untrusted[]): string[] {
  const by = (approvals: number): string =>
    approvals === 1
      ? l10n.t('1 approval')
      : Number.isFinite(approvals)
        ? l10n.t('{0} approvals', approvals)
        : l10n.t('more approvals than there can be');
  const what = ways
    .slice(0, 20)
    .map(({ target, approvals }) =>
      elevated.includes(target)
        ? l10n.t('{0} ({1}, admin)', forSentence(target), by(approvals))
        : l10n.t('{0} ({1})', forSentence(target), by(approvals)),
    );
  const rest = ways.length > 20 ? [l10n.t('{0} more', ways.length - 20)] : [];
  return [
    `  ${l10n.t('Through {0}: {1}', namesInLine(through), holdersWords(holders))}`,
    ...named(l10n.t('for'), [...what, ...rest].join(', ')),
  ];
}

function approverLines({ how, through, holders, targets, conditional, system }: Approvers): string[] {
  const who = `  ${l10n.t('Through {0}: {1}', namesInLine(through), holdersWords(holders))}`;
  const what =
    how === 'rule'
      ? l10n.t('by a rule: decide every request alone with tctl, their own too')
      : targets.size === 0
        ? l10n.t('reviews, though nobody may ask for what they could review')
        : l10n.t('review {0}, never their own requests', namesInLine([...targets], 20));
  const notes = [
    ...(conditional ? [l10n.t('under a condition that was not looked into')] : []),
    ...(system ? [l10n.t("one of Teleport's own users, for automatic reviews")] : []),
  ];
  return [who, ...named(l10n.t('may'), [what, ...notes].join('; '))];
}

function lockLines({ targets, message, expires }: LockInForce, now: Instant): string[] {
  const what = targets
    .map(([kind, name]) => `${kind.replaceAll(/[^a-z_]/g, '')} ${forSentence(name)}`)
    .join(', ');
  const until =
    expires === undefined ? l10n.t('until it is removed') : l10n.t('until {0}', atTime(expires, now));
  return [
    `  ${l10n.t('{0}, {1}', what, until)}`,
    ...(message ? forPage(message).map((line) => `    ${line}`) : []),
  ];
}

function exceptionNotes({ lapsed, tooFar }: Judged): string[] {
  return [
    ...lapsed.map(({ exception, finding }) =>
      l10n.t(
        'The exception for {0} ended on {1}: it is a finding again.',
        forSentence(finding.role),
        exception.until,
      ),
    ),
    ...tooFar.map(({ exception, finding }) =>
      l10n.t(
        'The exception for {0} ends on {1}, more than a year ahead, and so does not count.',
        forSentence(finding.role),
        exception.until,
      ),
    ),
  ];
}

const acceptedLines = ({ accepted }: Judged): string[] =>
  accepted.flatMap(({ finding, exception }) => [
    `  ${forSentence(finding.role)}: ${titleWords(finding.kind)} (${severityWords(finding.grade)})`,
    ...named(l10n.t('Who'), finding.holders.length > 0 ? holdersWords(finding.holders) : '-'),
    ...exceptionLines(exception),
  ]);

const exceptionLines = ({ owner, reason, until, id }: Exception): string[] => [
  ...named(l10n.t('Owner'), forSentence(owner)),
  ...named(l10n.t('Reason'), forSentence(reason)),
  ...named(l10n.t('Until'), until),
  ...named(l10n.t('Id'), id),
];

function controlLines(): string[] {
  const all = controls();
  const [first, second] = [
    Math.max(...all.map(({ framework }) => framework.length)),
    Math.max(...all.map(({ id }) => id.length)),
  ];
  return all.flatMap(({ framework, id, evidence }) =>
    wrapLines(`  ${framework.padEnd(first)}  ${id.padEnd(second)}  `, evidence),
  );
}
