// The words for the changes of a role. Nothing of a change is left out here; questionText.ts decides what is shown.
import * as l10n from '@vscode/l10n';
import { forMessage, exactForModal } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import type { FieldDiff } from '../../roles/role/roleDiff.ts';
import { fieldAt, isListOf } from '../../roles/role/roleSchema.ts';
import { isPlainObject, type Path } from '../../roles/role/value.ts';
import { inlineValue, valueWords } from './roleValues.ts';

/** A role's name, sanitised for a message. */
export const roleForMessage = (name: Untrusted): string => forMessage(name) ?? l10n.t('A role');

/** A cluster's name, sanitised for a message. */
export const clusterForMessage = (cluster: Untrusted): string => forMessage(cluster) ?? l10n.t('the cluster');

/** A name inside a sentence of a question: plain, or whole in quotation marks. */
export const nameWords = (name: Untrusted): string => forMessage(name) ?? exactForModal(name);

/**
 * The name of a field, such as `allow.request.roles`. It leaves out `spec`, which holds nearly all fields.
 */
export const fieldName = (path: Path): string =>
  nameWords(untrusted((path[0] === 'spec' && path.length > 1 ? path.slice(1) : path).join('.')));

/** Whether a field holds a list, so that a change adds and removes items. */
const isList = (path: Path): boolean => {
  const field = fieldAt(path);
  return field === 'texts' || field === 'oneOrMore' || isListOf(field);
};

/** One line for the whole change of one field. */
export function fieldChangeWords({ path, removed, added }: FieldDiff): string {
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
  const shown = parts.map(([sign, value]) => `${sign} ${valueWords(value, path)}`);
  return `${fieldName(path)}: ${shown.join([...removed, ...added].some(isPlainObject) ? ' · ' : ', ')}`;
}

/** One line that tells what Apply does to a role. */
export function planStatusWords({ name, status, owner, preset }: RolePlan): string {
  const roleName = nameWords(name);
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
        owner ? nameWords(owner) : '-',
      );
  }
}

/** The changes that a plan makes, without those fields of a new role that every role manifest has. */
export const shownDiffs = ({ status, diffs }: RolePlan): readonly FieldDiff[] =>
  status === 'new'
    ? diffs.filter(({ path }) => !/^(?:kind|version|metadata\.name)$/.test(path.join('.')))
    : status === 'changed'
      ? diffs
      : [];

/** The line about requestable roles that do not exist. */
export function missingRolesWords({ status, missingRoles = [] }: RolePlan): readonly string[] {
  if (missingRoles.length === 0 || (status !== 'new' && status !== 'changed')) return [];
  const names = missingRoles.map(nameWords).join(', ');
  return [
    `    ${missingRoles.length === 1 ? l10n.t('asks for {0}, which is not there', names) : l10n.t('asks for roles that are not there: {0}', names)}`,
  ];
}
