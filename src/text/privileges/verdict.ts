import * as l10n from '@vscode/l10n';
import type { Instant } from '../../access/untrusted/untrusted.ts';
import { standingAdmins } from '../../privileges/report/standingAdmins.ts';
import type { JudgedFindings } from '../../privileges/report/exceptions.ts';
import { holderKey } from '../../privileges/census/holders.ts';
import { isStanding } from '../../privileges/report/finding.ts';
import type { PrivilegesReport } from '../../privileges/report/analyse.ts';
import { unreadPartWords } from './censusGaps.ts';
import type { ExceptionsState } from './exceptions.ts';
import { holdersWords, namesInLine } from './findings.ts';
import { atTime } from '../time.ts';

/** A report with the exceptions applied, and the state of the exceptions file. */
export interface JudgedReport {
  readonly report: PrivilegesReport;
  readonly judged: JudgedFindings;
  readonly exceptions: ExceptionsState;
}

/** Returns the accepted holders of standing admin rights, and the number of accepted findings about them. */
function acceptedIn({ report, judged }: JudgedReport): { readonly count: number; readonly names: string } {
  const accepted = judged.accepted.map(({ finding }) => finding).filter(isStanding);
  const open = standingAdmins(report, judged.open);
  const { people, others } = standingAdmins(report, accepted);
  const keys = new Set(open.others.map(holderKey));
  const names = people.filter((name) => !open.people.includes(name));
  const otherHolders = others.filter((holder) => !keys.has(holderKey(holder)));
  return {
    count: accepted.length,
    names: [namesInLine(names, 10), holdersWords(otherHolders, 4)].filter(Boolean).join(', '),
  };
}

/**
 * Writes the first line of the report: who holds standing admin rights, out of how many people, when that was
 * read, who is accepted, and which parts could not be read.
 */
export function verdictWords(judgedReport: JudgedReport, now: Instant): string {
  const { report, judged } = judgedReport;
  const { census, people } = report;
  const { people: admins, others, counted } = standingAdmins(report, judged.open);
  const read = l10n.t(
    '{0}, {1} read {2}',
    people === 1 ? l10n.t('1 user') : l10n.t('{0} users', people),
    census.roles.size === 1 ? l10n.t('1 role') : l10n.t('{0} roles', census.roles.size),
    atTime(census.readAt, now),
  );
  const unread = census.gaps.length > 0 ? l10n.t('{0} could not be read', unreadPartWords(census.gaps)) : '';
  const { count, names } = acceptedIn(judgedReport);
  const accepted = names === '' ? '' : l10n.t('accepted: {0}', names);
  const joined = (...parts: readonly string[]): string => parts.filter(Boolean).join('; ');
  if (admins.length > 0) {
    const named = namesInLine(admins, 10);
    const said =
      admins.length === 1
        ? l10n.t('1 of {0} people holds standing admin rights: {1}', people, named)
        : l10n.t('{0} of {1} people hold standing admin rights: {2}', admins.length, people, named);
    const also = others.length > 0 ? l10n.t('so do: {0}', holdersWords(others, 4)) : '';
    return joined(said, also, accepted, unread);
  }
  if (others.length > 0) {
    const held = l10n.t('Standing admin rights are held by {0}', holdersWords(others, 4));
    return joined(held, accepted, read, unread);
  }
  if (!counted) return joined(l10n.t('It is not known who holds standing admin rights'), accepted, unread);
  if (names === '') return `${l10n.t('Nobody holds standing admin rights')}: ${joined(read, unread)}`;
  const nobody =
    count === 1
      ? l10n.t('Nobody holds standing admin rights, but for 1 accepted exception: {0}', names)
      : l10n.t('Nobody holds standing admin rights, but for {0} accepted exceptions: {1}', count, names);
  return joined(nobody, read, unread);
}
