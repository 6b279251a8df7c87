import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { titleWithStep, type Choice } from '../../editor/quickInput.ts';
import type { StepPosition } from '../../editor/runSteps.ts';
import type { Answers, KnownRoles } from '../../roles/setup/answers.ts';
import { contentOf } from '../../roles/role/roleContent.ts';
import { resourceType } from '../../roles/role/roleOrigin.ts';
import type { PlainObject } from '../../roles/role/value.ts';
import { nameList } from '../../text/roles/setupText.ts';
import type { RoleSurroundings } from '../manifests/readSurroundings.ts';
import { refusedRoleChoice } from '../manifests/roleChoices.ts';

/** The steps of the wizard. */
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

/** The input of a step: the answers so far, the known roles, and the position in the wizard. */
export interface WizardState {
  readonly answers: Answers;
  readonly surroundings: RoleSurroundings;
  readonly position: StepPosition;
}

/** The title of the dialog of a step, such as "Set Up Roles: who may ask". */
export const wizardTitle = (words: string): string => titleWithStep(l10n.t('Set Up Roles'), words);

/** A heading between entries. It cannot be chosen. */
export const heading = <T>(label: string, value: T): Choice<T> => ({
  label,
  kind: vscode.QuickPickItemKind.Separator,
  value,
});

/** The roles that a role may request already, in words; undefined if there are none. */
export function requestableRolesWords(role: PlainObject): string | undefined {
  const names = contentOf(role).allow.request.roles.map(untrusted);
  return names.length > 0 ? l10n.t('may ask for {0}', nameList(names)) : undefined;
}

/** An entry that says why a typed system role cannot be chosen; undefined for any other role. */
export const refusedSystemRole = (name: Untrusted, { roles }: KnownRoles): Choice<Untrusted> | undefined =>
  resourceType(roles.get(name)) === 'system'
    ? refusedRoleChoice(name, l10n.t('Teleport keeps this role for itself'))
    : undefined;
