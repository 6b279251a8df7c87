import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/text/sinks.ts';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import type { Choice } from '../../editor/quickInput.ts';
import { ownerOf, resourceType } from '../../roles/role/roleOrigin.ts';
import type { PlainObject } from '../../roles/role/value.ts';
import { isPlainRoleName, type KnownRoles } from '../../roles/setup/answers.ts';

/** The roles a person may choose: those of a team by name, then Teleport's presets; not those it keeps for itself. */
export function choosableRoles({ roles }: KnownRoles): readonly (readonly [Untrusted, PlainObject])[] {
  const made = (role: PlainObject): string => resourceType(role) ?? '';
  return [...roles]
    .filter(([, role]) => made(role) !== 'system')
    .sort(
      ([a, one], [b, other]) => made(one).localeCompare(made(other)) || forPick(a).localeCompare(forPick(b)),
    );
}

const isPreset = (role: PlainObject | undefined): boolean => resourceType(role) !== undefined;

/** Whose a role is, where it is not simply the team's. */
function ownWords(role: PlainObject): string {
  const owner = ownerOf(role);
  if (owner) return l10n.t('belongs to {0}', forPick(owner));
  return isPreset(role) ? l10n.t('preset of Teleport') : '';
}

/** A role as a choice, with what it is to the wizard. */
export const roleChoice = (
  [name, role]: readonly [Untrusted, PlainObject],
  words?: string,
): Choice<Untrusted> => ({
  label: forPick(name),
  description: words ?? ownWords(role),
  value: name,
});

/** An entry that says why a role cannot be chosen. */
export const refusedRole = (name: Untrusted, why: string): Choice<Untrusted> => ({
  label: forPick(name),
  detail: why,
  alwaysShow: true,
  disabled: true,
  value: name,
});

/** What the name of a new role is like. */
export const plainNameWords = (): string =>
  l10n.t('A new name begins with a letter or digit; then letters, digits, . _ and -, 63 at most');

/** A typed name as a choice, or why it is none; nothing where it is offered already. */
export const typedRole =
  (known: readonly Untrusted[], words: string) =>
  (text: string): Choice<Untrusted> | undefined => {
    const name = untrusted(text.trim());
    if (text.trim() === '' || known.includes(name)) return undefined;
    if (isPlainRoleName(text.trim())) return { label: forPick(name), description: words, value: name };
    return refusedRole(name, plainNameWords());
  };
