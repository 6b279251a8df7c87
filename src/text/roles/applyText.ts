import * as l10n from '@vscode/l10n';
import { forMessage, forPage, forSentence } from '../../access/text/sinks.ts';
import { untrusted, type Untrusted, type Instant } from '../../access/text/untrusted.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { lackedField } from '../../roles/role/enterpriseOnly.ts';
import type { IgnoredField, FieldDiff } from '../../roles/role/roleDiff.ts';
import { fieldAt, isListOf } from '../../roles/role/roleSchema.ts';
import { isPlainObject, type Path } from '../../roles/role/value.ts';
import type { SendResult } from '../../roles/apply/sendRoles.ts';
import { failureWords } from '../failure.ts';
import { atTime, fullDateTime } from '../time.ts';
import { inlineValue, valueWords } from './roleValues.ts';

/** How many roles, lines of fields, and values in a line a question shows; the differences show all. */
const rolesInModal = 20;
const linesInModal = 20;
const valuesInLine = 8;
const linesOverwritten = 8;

/** A role whose server's version is overwritten, with what others changed in it since; undefined: not known. */
export interface Overwrite {
  readonly name: Untrusted;
  readonly diffs: readonly FieldDiff[] | undefined;
}

/** `allow.request.roles`; every role's fields but its labels lie in `spec`. */
const fieldName = (path: Path): string =>
  forSentence(untrusted((path[0] === 'spec' && path.length > 1 ? path.slice(1) : path).join('.')));

const isList = (path: Path): boolean => {
  const field = fieldAt(path);
  return field === 'texts' || field === 'oneOrMore' || isListOf(field);
};

function fieldWords({ path, removed, added }: FieldDiff): string {
  const [was, is] = [removed[0], added[0]];
  if (removed.length === 1 && added.length === 1 && was !== undefined && is !== undefined && !isList(path))
    return `${fieldName(path)}: ${inlineValue(was)} → ${inlineValue(is)}`;
  const parts = [
    ...removed.map((value) => ['−', value] as const),
    ...added.map((value) => ['+', value] as const),
  ];
  const shown = parts.slice(0, valuesInLine).map(([sign, value]) => `${sign} ${valueWords(value, path)}`);
  const hidden = parts.length - shown.length;
  if (hidden > 0) shown.push(l10n.t('and {0} more', hidden));
  return `${fieldName(path)}: ${shown.join([...removed, ...added].some(isPlainObject) ? ' · ' : ', ')}`;
}

/** What would become of a role, in a line. */
export function planStatusWords({ name, status, owner, preset }: RolePlan): string {
  const who = forSentence(name);
  const role = preset ? l10n.t("{0} (one of Teleport's own roles)", who) : who;
  switch (status) {
    case 'new':
      return l10n.t('{0}: a new role', role);
    case 'changed':
      return l10n.t('{0}: changed', role);
    case 'removed':
      return l10n.t('{0}: removed from the cluster, because this Apply made it', role);
    case 'same':
      return l10n.t('{0}: as it is already; nothing is sent', role);
    case 'stale':
      return l10n.t('{0}: changed on the cluster meanwhile; nothing is sent', role);
    case 'ownedElsewhere':
      return l10n.t(
        '{0}: kept by {1}, which would overwrite this; shown only, change it there',
        role,
        owner ? forSentence(owner) : '-',
      );
  }
}

/** What every manifest begins with says nothing of a new role. */
const isHead = ({ status }: RolePlan, path: Path): boolean =>
  status === 'new' && /^(?:kind|version|metadata\.name)$/.test(path.join('.'));

/** Roles that it lets people ask for, and that are not there. */
function missingRolesWords({ missingRoles: lacks = [] }: RolePlan): readonly string[] {
  const shown = lacks.slice(0, valuesInLine).map(forSentence);
  const hidden = lacks.length - shown.length;
  if (hidden > 0) shown.push(l10n.t('and {0} more', hidden));
  if (lacks.length === 0) return [];
  const names = shown.join(', ');
  return [
    `    ${lacks.length === 1 ? l10n.t('asks for {0}, which is not there', names) : l10n.t('asks for roles that are not there: {0}', names)}`,
  ];
}

/** Role by role what changes, for the question: plain text. */
export function plansWords(plans: readonly RolePlan[]): string {
  let left = linesInModal;
  const more = plans.length - rolesInModal;
  return plans
    .slice(0, rolesInModal)
    .flatMap((plan) => {
      const sent = plan.status === 'new' || plan.status === 'changed';
      const all = sent ? plan.diffs.filter(({ path }) => !isHead(plan, path)) : [];
      const lines = all.slice(0, left);
      left -= lines.length;
      const hidden = all.length - lines.length;
      return [
        planStatusWords(plan),
        ...(sent ? missingRolesWords(plan) : []),
        ...lines.map((line) => `    ${fieldWords(line)}`),
        ...(hidden > 0 ? [`    ${l10n.t('… and {0} more fields', hidden)}`] : []),
      ];
    })
    .concat(more > 0 ? [l10n.t('… and {0} more roles', more)] : [])
    .join('\n');
}

/** What going on takes away of what others changed since, for the first lines of the question: plain text. */
export function overwrittenWords(overwrites: readonly Overwrite[]): string {
  return overwrites
    .map(({ name, diffs: lines }) => {
      const role = forSentence(name);
      if (!lines)
        return l10n.t('{0} was changed on the cluster since; what this takes away stands below.', role);
      if (lines.length === 0)
        return l10n.t('{0}: nothing of what was changed on the cluster since goes.', role);
      const shown = lines.slice(0, linesOverwritten).map((line) => `    ${fieldWords(line)}`);
      const hidden = lines.length - shown.length;
      return [
        l10n.t('This takes away what was changed on the cluster since, in {0}:', role),
        ...shown,
        ...(hidden > 0 ? [`    ${l10n.t('… and {0} more fields', hidden)}`] : []),
      ].join('\n');
    })
    .join('\n');
}

/** What the server holds in place of what was sent. */
export function ignoredFieldWords({ path, sent: wanted, held }: IgnoredField): string {
  const sent = wanted === undefined ? l10n.t('nothing') : valueWords(wanted, path);
  const holds = held === undefined ? l10n.t('nothing') : valueWords(held, path);
  return l10n.t('{0}: sent {1}, the cluster holds {2}', fieldName(path), sent, holds);
}

/** What became of a role: a line, and what there is to add. */
function resultLines(result: SendResult, now: Instant): readonly string[] {
  switch (result.kind) {
    case 'applied':
      return [l10n.t('Applied, read back {0}.', atTime(result.at, now))];
    case 'inPart':
      return [
        l10n.t(
          'Applied in part, read back {0}: the cluster took the role, but not all of it. Probably it is older than these fields, or it sets them itself.',
          atTime(result.at, now),
        ),
        ...result.ignored.map(ignoredFieldWords),
      ];
    case 'refused': {
      const lacked = lackedField(result.failure);
      if (lacked !== undefined)
        return [l10n.t('Not applied; the role is as it was.'), communityWords(lacked)];
      const { text, showSaid } = failureWords(result.failure);
      const said = showSaid && result.failure.said ? forPage(result.failure.said) : [];
      return [l10n.t('Not applied; the role is as it was. {0}', text), ...said];
    }
    case 'unknown':
      return [
        l10n.t(
          'Not known: it was sent, or may have been, and the cluster could not be asked what it holds. {0}',
          failureWords(result.failure).text,
        ),
      ];
    case 'stale':
      return [
        l10n.t('Not applied: somebody changed it on the cluster at the same time. Nothing was overwritten.'),
      ];
    case 'removed':
      return [l10n.t('Removed from the cluster.')];
    case 'waiting':
      return [l10n.t('Not sent, because a role before it was not applied.')];
  }
}

/** That the cluster is a Teleport Community, fit for a message. */
export const communityWords = (field: Untrusted): string =>
  l10n.t(
    'This is Teleport Community, which does not have {0}. Run Set Up Roles again: it now knows.',
    forMessage(field) ?? l10n.t('such a field'),
  );

/** What became of each role, as a document. */
export function outcomePage(
  results: readonly SendResult[],
  { cluster, at }: { readonly cluster: Untrusted; readonly at: Instant },
): string {
  const lines = results.flatMap((result) => [
    '',
    forSentence(result.plan.name),
    ...resultLines(result, at).map((line) => `    ${line}`),
  ]);
  return [
    l10n.t('Roles applied to {0}, {1}', forSentence(cluster), fullDateTime(at)),
    ...lines,
    '',
    l10n.t('How to go on: Apply Roles… sends only what the cluster does not hold yet.'),
    l10n.t('Undo Apply… puts back what was there before. The files in the workspace stay as they are.'),
    '',
  ].join('\n');
}

/** In a sentence: how many were applied, of how many. */
export function outcomeWords(results: readonly SendResult[]): string {
  const whole = results.filter(({ kind }) => kind === 'applied').length;
  const count = (kind: SendResult['kind']): number => results.filter((result) => result.kind === kind).length;
  return [
    l10n.t('{0} of {1} roles applied.', whole, results.length),
    ...(count('inPart') > 0 ? [l10n.t('{0} in part: the cluster ignored fields.', count('inPart'))] : []),
    ...(count('unknown') > 0 ? [l10n.t('{0} not known.', count('unknown'))] : []),
    ...(count('refused') + count('stale') + count('waiting') > 0
      ? [
          l10n.t(
            '{0} not applied; the document says why.',
            count('refused') + count('stale') + count('waiting'),
          ),
        ]
      : []),
  ].join(' ');
}
