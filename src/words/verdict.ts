import * as l10n from '@vscode/l10n';
import type { Instant } from '../access/text.ts';
import { standingIn } from '../roles/admins.ts';
import type { Judged } from '../roles/exceptions.ts';
import type { Report } from '../roles/privileges.ts';
import { unreadWords } from './census.ts';
import { holdersWords, namesInLine } from './findings.ts';
import { atTime } from './time.ts';

/** The file of accepted exceptions: there is none, it was read, it cannot be read, or it is not as it must be. */
export type ExceptionsState =
  | { readonly kind: 'none' }
  | { readonly kind: 'read' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'broken'; readonly line: number };

/** A report with what is accepted in it. */
export interface Judgement {
  readonly report: Report;
  readonly judged: Judged;
  readonly exceptions: ExceptionsState;
}

/** The first line: who holds standing admin rights, of how many, as of when, and what is not known. */
export function verdictWords({ report, judged }: Judgement, now: Instant): string {
  const { census, people } = report;
  const { people: admins, others, counted } = standingIn(report, judged.open);
  const read = l10n.t(
    '{0}, {1} read {2}',
    people === 1 ? l10n.t('1 user') : l10n.t('{0} users', people),
    census.roles.size === 1 ? l10n.t('1 role') : l10n.t('{0} roles', census.roles.size),
    atTime(census.at, now),
  );
  const unread = census.gaps.length > 0 ? l10n.t('{0} could not be read', unreadWords(census.gaps)) : '';
  const accepted =
    judged.accepted.length === 0
      ? ''
      : judged.accepted.length === 1
        ? l10n.t('but for 1 accepted exception')
        : l10n.t('but for {0} accepted exceptions', judged.accepted.length);
  const also = others.length > 0 ? l10n.t('so do: {0}', holdersWords(others, 4)) : '';
  const tail = (text: string, ...more: readonly string[]): string =>
    [[text, accepted].filter(Boolean).join(', '), ...more.filter(Boolean)].join('; ');
  if (admins.length > 0) {
    const named = namesInLine(admins, 10);
    const said =
      admins.length === 1
        ? l10n.t('1 of {0} people holds standing admin rights: {1}', people, named)
        : l10n.t('{0} of {1} people hold standing admin rights: {2}', admins.length, people, named);
    return tail(said, also, unread);
  }
  if (others.length > 0)
    return tail(l10n.t('Standing admin rights are held by {0}', holdersWords(others, 4)), read, unread);
  if (!counted) return tail(l10n.t('It is not known who holds standing admin rights'), unread);
  return `${[l10n.t('Nobody holds standing admin rights'), accepted].filter(Boolean).join(', ')}: ${[read, unread].filter(Boolean).join('; ')}`;
}
