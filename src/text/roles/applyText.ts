import * as l10n from '@vscode/l10n';
import { forMessage, forPage, forSentence } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { lackedField } from '../../roles/role/enterpriseOnly.ts';
import type { IgnoredField, FieldDiff } from '../../roles/role/roleDiff.ts';
import { fieldAt, isListOf } from '../../roles/role/roleSchema.ts';
import { isPlainObject, type Path } from '../../roles/role/value.ts';
import type { SendResult } from '../../roles/apply/sendRoles.ts';
import { failureWords } from '../failure.ts';
import { atTime, fullDateTime } from '../time.ts';
import { inlineValue, valueWords } from './roleValues.ts';

// Limits of what the confirmation dialog shows. The diff editor shows everything.
const rolesInModal = 20;
const linesInModal = 20;
const valuesInLine = 8;
const overwrittenLinesInModal = 8;

/**
 * A role whose server version is overwritten, with the changes of others that go;
 * undefined when they are not known.
 */
export interface Overwrite {
  readonly name: Untrusted;
  readonly diffs: readonly FieldDiff[] | undefined;
}

/**
 * The name of a field, such as `allow.request.roles`. It leaves out `spec`, which holds nearly all fields.
 */
const fieldName = (path: Path): string =>
  forSentence(untrusted((path[0] === 'spec' && path.length > 1 ? path.slice(1) : path).join('.')));

/** Whether a field holds a list, so that a change adds and removes items. */
const isList = (path: Path): boolean => {
  const field = fieldAt(path);
  return field === 'texts' || field === 'oneOrMore' || isListOf(field);
};

/** One line for the change of one field. */
function fieldWords({ path, removed, added }: FieldDiff): string {
  const [before, after] = [removed[0], added[0]];
  if (
    removed.length === 1 &&
    added.length === 1 &&
    before !== undefined &&
    after !== undefined &&
    !isList(path)
  )
    return `${fieldName(path)}: ${inlineValue(before)} → ${inlineValue(after)}`;
  const parts = [
    ...removed.map((value) => ['−', value] as const),
    ...added.map((value) => ['+', value] as const),
  ];
  const shown = parts.slice(0, valuesInLine).map(([sign, value]) => `${sign} ${valueWords(value, path)}`);
  const hidden = parts.length - shown.length;
  if (hidden > 0) shown.push(l10n.t('and {0} more', hidden));
  return `${fieldName(path)}: ${shown.join([...removed, ...added].some(isPlainObject) ? ' · ' : ', ')}`;
}

/** One line that tells what Apply does to a role. */
function planStatusWords({ name, status, owner, preset }: RolePlan): string {
  const roleName = forSentence(name);
  const role = preset ? l10n.t("{0} (one of Teleport's own roles)", roleName) : roleName;
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

/** Whether a field of a new role is left out, because every role manifest has it. */
const isHead = ({ status }: RolePlan, path: Path): boolean =>
  status === 'new' && /^(?:kind|version|metadata\.name)$/.test(path.join('.'));

/** The line about requestable roles that do not exist. */
function missingRolesWords({ missingRoles = [] }: RolePlan): readonly string[] {
  const shown = missingRoles.slice(0, valuesInLine).map(forSentence);
  const hidden = missingRoles.length - shown.length;
  if (hidden > 0) shown.push(l10n.t('and {0} more', hidden));
  if (missingRoles.length === 0) return [];
  const names = shown.join(', ');
  return [
    `    ${missingRoles.length === 1 ? l10n.t('asks for {0}, which is not there', names) : l10n.t('asks for roles that are not there: {0}', names)}`,
  ];
}

/** The changes of each role for the confirmation dialog, as plain text. */
export function plansWords(plans: readonly RolePlan[]): string {
  let remainingLines = linesInModal;
  const hiddenRoles = plans.length - rolesInModal;
  return plans
    .slice(0, rolesInModal)
    .flatMap((plan) => {
      const isSent = plan.status === 'new' || plan.status === 'changed';
      const all = isSent ? plan.diffs.filter(({ path }) => !isHead(plan, path)) : [];
      const shown = all.slice(0, remainingLines);
      remainingLines -= shown.length;
      const hidden = all.length - shown.length;
      return [
        planStatusWords(plan),
        ...(isSent ? missingRolesWords(plan) : []),
        ...shown.map((diff) => `    ${fieldWords(diff)}`),
        ...(hidden > 0 ? [`    ${l10n.t('… and {0} more fields', hidden)}`] : []),
      ];
    })
    .concat(hiddenRoles > 0 ? [l10n.t('… and {0} more roles', hiddenRoles)] : [])
    .join('\n');
}

/**
 * The changes of others that Apply would overwrite, for the first lines of the
 * confirmation dialog, as plain text.
 */
export function overwrittenWords(overwrites: readonly Overwrite[]): string {
  return overwrites
    .map(({ name, diffs }) => {
      const role = forSentence(name);
      if (!diffs)
        return l10n.t('{0} was changed on the cluster since; what this takes away stands below.', role);
      if (diffs.length === 0)
        return l10n.t('{0}: nothing of what was changed on the cluster since goes.', role);
      const shown = diffs.slice(0, overwrittenLinesInModal).map((diff) => `    ${fieldWords(diff)}`);
      const hidden = diffs.length - shown.length;
      return [
        l10n.t('This takes away what was changed on the cluster since, in {0}:', role),
        ...shown,
        ...(hidden > 0 ? [`    ${l10n.t('… and {0} more fields', hidden)}`] : []),
      ].join('\n');
    })
    .join('\n');
}

/** One line about a field that the server does not hold as sent. */
export function ignoredFieldWords({ path, sent, held }: IgnoredField): string {
  const sentText = sent === undefined ? l10n.t('nothing') : valueWords(sent, path);
  const heldText = held === undefined ? l10n.t('nothing') : valueWords(held, path);
  return l10n.t('{0}: sent {1}, the cluster holds {2}', fieldName(path), sentText, heldText);
}

/** The lines about one role in the document of results. */
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
      const enterpriseField = lackedField(result.failure);
      if (enterpriseField !== undefined)
        return [l10n.t('Not applied; the role is as it was.'), communityWords(enterpriseField)];
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

/** The sentence that the cluster is Teleport Community and does not have a field, safe for a message. */
export const communityWords = (field: Untrusted): string =>
  l10n.t(
    'This is Teleport Community, which does not have {0}. Run Set Up Roles again: it now knows.',
    forMessage(field) ?? l10n.t('such a field'),
  );

/** The document with the result of each role. */
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

/** Sentences that count the applied roles and each other kind of result. */
export function outcomeWords(results: readonly SendResult[]): string {
  const count = (kind: SendResult['kind']): number => results.filter((result) => result.kind === kind).length;
  return [
    l10n.t('{0} of {1} roles applied.', count('applied'), results.length),
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
