import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forPick } from '../../access/text/sinks.ts';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { titled, type Choice, type StepPosition } from '../../editor/quickInput.ts';
import { isPlainRoleName, type Answers, type KnownRoles } from '../../roles/setup/answers.ts';
import { requestRoles } from '../../roles/setup/approvalRoles.ts';
import { ownerOf, resourceType } from '../../roles/role/roleOrigin.ts';
import { textsAt, type PlainObject } from '../../roles/role/value.ts';
import { list } from '../../text/roles/setupText.ts';
import type { RoleSurroundings } from '../manifests/readSurroundings.ts';

/** The parts of the wizard. */
export type WizardStep =
  | 'who'
  | 'what'
  | 'howLong'
  | 'rules'
  | 'standing'
  | 'edition'
  | 'approvals'
  | 'approver'
  | 'second'
  | 'suggested'
  | 'summary';

/** A step asks with what was answered, what is known and where it stands. */
export interface WizardState {
  readonly answers: Answers;
  readonly around: RoleSurroundings;
  readonly place: StepPosition;
}

export function stepTitle(step: WizardStep): string {
  const words: Readonly<Record<WizardStep, string>> = {
    who: l10n.t('who may ask'),
    what: l10n.t('for which role'),
    howLong: l10n.t('how long'),
    rules: l10n.t('rules'),
    standing: l10n.t('standing rights'),
    edition: l10n.t('edition'),
    approvals: l10n.t('approvals'),
    approver: l10n.t('who approves'),
    second: l10n.t('the second team'),
    suggested: l10n.t('suggested reviewers'),
    summary: l10n.t('write'),
  };
  return titled(l10n.t('Set Up Roles'), words[step]);
}

/** The roles a person may choose: those of a team by name, then Teleport's presets; not those it keeps for itself. */
export function offered({ roles }: KnownRoles): readonly (readonly [Untrusted, PlainObject])[] {
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

/** A heading between choices; it cannot be chosen. */
export const heading = <T>(label: string, value: T): Choice<T> => ({
  label,
  kind: vscode.QuickPickItemKind.Separator,
  value,
});

/** What a role may ask for already. */
export function asksFor(role: PlainObject): string | undefined {
  const names = textsAt(role, requestRoles).map(untrusted);
  return names.length > 0 ? l10n.t('may ask for {0}', list(names)) : undefined;
}

/** An entry that says why a role cannot be chosen. */
export const refusedRole = (name: Untrusted, why: string): Choice<Untrusted> => ({
  label: forPick(name),
  detail: why,
  alwaysShow: true,
  refused: true,
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

/** Why a typed role of Teleport's own cannot be chosen; undefined for any other. */
export const keptByTeleport = (name: Untrusted, { roles }: KnownRoles): Choice<Untrusted> | undefined =>
  resourceType(roles.get(name)) === 'system'
    ? refusedRole(name, l10n.t('Teleport keeps this role for itself'))
    : undefined;
