// The words of the question before Apply and its undo.
import * as l10n from '@vscode/l10n';
import { forMessage, forSentence } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import type { FieldDiff } from '../../roles/role/roleDiff.ts';
import { fieldAt, isListOf } from '../../roles/role/roleSchema.ts';
import { isPlainObject, type Path } from '../../roles/role/value.ts';
import { firstFew, inlineValue, valueWords } from './roleValues.ts';

// Limits of what the confirmation dialog shows. The diff editor shows everything.
const rolesInModal = 20;
const linesInModal = 20;
const valuesInLine = 8;
const overwrittenLinesInModal = 8;

/** A role's name, sanitised for a message. */
export const roleForMessage = (name: Untrusted): string => forMessage(name) ?? l10n.t('A role');

/** A cluster's name, sanitised for a message. */
export const clusterForMessage = (cluster: Untrusted): string => forMessage(cluster) ?? l10n.t('the cluster');

/**
 * The name of a field, such as `allow.request.roles`. It leaves out `spec`, which holds nearly all fields.
 */
export const fieldName = (path: Path): string =>
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
  const shown = firstFew(
    parts.map(([sign, value]) => `${sign} ${valueWords(value, path)}`),
    valuesInLine,
  );
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
      return l10n.t('{0}: changed since by somebody else; it stays as it is', role);
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
  if (missingRoles.length === 0) return [];
  const names = firstFew(missingRoles.map(forSentence), valuesInLine).join(', ');
  return [
    `    ${missingRoles.length === 1 ? l10n.t('asks for {0}, which is not there', names) : l10n.t('asks for roles that are not there: {0}', names)}`,
  ];
}

/** The lines about the changes of a role: the first ones, and how many more there are. */
const fieldLines = (diffs: readonly FieldDiff[], most: number): readonly string[] =>
  firstFew(diffs.map(fieldWords), most, (hidden) => l10n.t('… and {0} more fields', hidden)).map(
    (line) => `    ${line}`,
  );

/** The changes of each role for the confirmation dialog, as plain text. */
export function plansWords(plans: readonly RolePlan[]): string {
  let remainingLines = linesInModal;
  const roles = plans.slice(0, rolesInModal).map((plan) => {
    const isWritten = plan.status === 'new' || plan.status === 'changed';
    if (!isWritten) return planStatusWords(plan);
    const diffs = plan.diffs.filter(({ path }) => !isHead(plan, path));
    const lines = [planStatusWords(plan), ...missingRolesWords(plan), ...fieldLines(diffs, remainingLines)];
    remainingLines = Math.max(0, remainingLines - diffs.length);
    return lines.join('\n');
  });
  const hiddenRoles = plans.length - rolesInModal;
  return [
    ...roles,
    ...(hiddenRoles > 0 ? [l10n.t('… and {0} more roles', hiddenRoles)] : []),
    ...(plans.some(({ status }) => status === 'removed')
      ? ['', l10n.t('Where a user still holds a role that is to go, the cluster keeps it.')]
      : []),
  ].join('\n');
}

/**
 * The changes of others that Apply would overwrite, for the first lines of the
 * confirmation dialog, as plain text.
 * @param plans the stale plans that the user goes on with
 */
export function overwrittenWords(plans: readonly Pick<RolePlan, 'name' | 'overwritten'>[]): string {
  return plans
    .map(({ name, overwritten }) => {
      const role = forSentence(name);
      if (!overwritten)
        return l10n.t('{0} was changed on the cluster since; what this takes away stands below.', role);
      if (overwritten.length === 0)
        return l10n.t('{0}: nothing of what was changed on the cluster since goes.', role);
      return [
        l10n.t('This takes away what was changed on the cluster since, in {0}:', role),
        ...fieldLines(overwritten, overwrittenLinesInModal),
      ].join('\n');
    })
    .join('\n');
}
