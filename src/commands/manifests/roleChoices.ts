import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Choice } from '../../editor/quickInput.ts';
import { ownerOf, resourceType } from '../../roles/role/roleOrigin.ts';
import type { PlainObject } from '../../roles/role/value.ts';
import { isPlainRoleName, type KnownRoles } from '../../roles/setup/answers.ts';

/**
 * The roles that the user may choose: the team's roles by name, then Teleport's presets. System roles are
 * left out.
 */
export function choosableRoles({ roles }: KnownRoles): readonly (readonly [Untrusted, PlainObject])[] {
  const typeOf = (role: PlainObject): string => resourceType(role) ?? '';
  return [...roles]
    .filter(([, role]) => typeOf(role) !== 'system')
    .sort(
      ([name, role], [otherName, other]) =>
        typeOf(role).localeCompare(typeOf(other)) || forPick(name).localeCompare(forPick(otherName)),
    );
}

const isPreset = (role: PlainObject | undefined): boolean => resourceType(role) !== undefined;

/** The program that owns a role, or that the role is a preset; empty for a role of the team. */
function originWords(role: PlainObject): string {
  const owner = ownerOf(role);
  if (owner) return l10n.t('belongs to {0}', forPick(owner));
  return isPreset(role) ? l10n.t('preset of Teleport') : '';
}

/** A role as an entry. @param words the description; without it the description states the role's origin */
export const roleChoice = (
  [name, role]: readonly [Untrusted, PlainObject],
  words?: string,
): Choice<Untrusted> => ({
  label: forPick(name),
  description: words ?? originWords(role),
  value: name,
});

/** An entry that cannot be chosen and says why. */
export const refusedRoleChoice = (name: Untrusted, why: string): Choice<Untrusted> => ({
  label: forPick(name),
  detail: why,
  alwaysShow: true,
  disabled: true,
  value: name,
});

/** The rules for the name of a new role. */
export const plainNameWords = (): string =>
  l10n.t('A new name begins with a letter or digit; then letters, digits, . _ and -, 63 at most');

/**
 * Turns typed text into an entry: the role, or the reason why the name is not allowed.
 * @param known the names that are offered already; a typed name among them gets no second entry
 * @param words the description of the entry
 */
export const typedRoleChoice =
  (known: readonly Untrusted[], words: string) =>
  (text: string): Choice<Untrusted> | undefined => {
    const name = untrusted(text.trim());
    if (text.trim() === '' || known.includes(name)) return undefined;
    if (isPlainRoleName(text.trim())) return { label: forPick(name), description: words, value: name };
    return refusedRoleChoice(name, plainNameWords());
  };
