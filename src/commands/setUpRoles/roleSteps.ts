import { isDeepStrictEqual } from 'node:util';
import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { pickOne, pickSome, typeText, type Remark } from '../../editor/quickInput.ts';
import {
  defaultAnswers,
  elevatedKinds,
  isPlainRoleName,
  proposedElevated,
  type Answers,
  type ElevatedKind,
} from '../../roles/setup/answers.ts';
import { commonApprovals } from '../../roles/setup/approvalRoles.ts';
import { settingsOf } from '../../roles/setup/elevatedRole.ts';
import { suggestedReviewersOf } from '../../roles/setup/planSetup.ts';
import { conflictWords, elevatedKindWords } from '../../text/roles/setupText.ts';
import { requestableRolesWords, heading, refusedSystemRole, type WizardState } from './choices.ts';
import {
  choosableRoles,
  plainNameWords,
  refusedRoleChoice,
  roleChoice,
  typedRoleChoice,
} from '../manifests/roleChoices.ts';
import { unreadRolesWords } from '../manifests/readSurroundings.ts';

/** Asks for the asking roles, which are the roles that may request. At first no role is ticked. */
export async function askAskingRoles({ answers, surroundings, position }: WizardState): Promise<Answers> {
  const { known, rolesFailure } = surroundings;
  const existing = choosableRoles(known);
  const typedBefore = answers.asking.filter((name) => !known.roles.has(name));
  const choiceOfTyped = typedRoleChoice(
    [...existing.map(([name]) => name), ...typedBefore],
    known.complete ? l10n.t('a new role') : l10n.t('as typed'),
  );
  const asking = await pickSome<Untrusted>(
    position,
    {
      choices: [
        ...typedBefore.map((name) => ({
          label: forPick(name),
          description: l10n.t('as typed'),
          value: name,
        })),
        ...existing.map(([name, role]) => roleChoice([name, role], requestableRolesWords(role))),
      ],
      placeholder: rolesFailure
        ? l10n.t('{0}. Which roles may ask?', unreadRolesWords(rolesFailure))
        : l10n.t('Which roles may ask? Tick them, such as your teams, then press Enter'),
      isSelected: (name) => answers.asking.includes(name),
      choiceFromText: (text) => {
        const choice = choiceOfTyped(text);
        return choice && (refusedSystemRole(choice.value, known) ?? choice);
      },
    },
    true,
  );
  if (isDeepStrictEqual(asking, answers.asking)) return answers;
  // The chosen roles' own reviewers and approvals are proposed in the later steps.
  const roles = asking.map((name) => known.roles.get(name));
  const suggested = [...new Set(roles.flatMap(suggestedReviewersOf))];
  return { ...answers, asking, suggested, approvals: commonApprovals(roles) };
}

/** The entry for a new role with a name of the user's choice. */
const anotherRole = Symbol('another');

/**
 * Asks for the elevated role: a new role with a proposed name, an existing role, or a new role with a name of
 * the user's choice.
 */
export async function askElevatedRole(state: WizardState): Promise<Answers> {
  const { answers, surroundings, position } = state;
  const { roles } = surroundings.known;
  const isNew = (name: Untrusted): boolean => !roles.has(name);
  const proposals = elevatedKinds.map((kind) => ({ name: proposedElevated[kind], gives: kind }));
  const answered = { name: answers.elevated, gives: answers.gives };
  const newRoles = [...proposals, answered].filter(
    ({ name }, index, all) => isNew(name) && all.findIndex((role) => role.name === name) === index,
  );
  const existing = choosableRoles(surroundings.known).filter(([name]) => !answers.asking.includes(name));
  const choiceOfTyped = typedRoleChoice(
    [...newRoles, ...existing.map(([name]) => ({ name }))].map(({ name }) => name),
    l10n.t('a new role'),
  );
  const picked = await pickOne<Untrusted | typeof anotherRole>(position, {
    choices: [
      heading(l10n.t('New'), anotherRole),
      ...newRoles.map(({ name, gives }) => ({
        label: forPick(name),
        description: elevatedKindWords(gives),
        value: name,
      })),
      {
        label: l10n.t('Another New Role…'),
        description: l10n.t('with a name of your own'),
        value: anotherRole,
      },
      heading(l10n.t('There already; keeps what it gives'), anotherRole),
      ...existing.map((role) => roleChoice(role)),
    ],
    placeholder: l10n.t('Which role may they ask for? Nobody should hold it for good'),
    isSelected: (name) => name === answers.elevated,
    choiceFromText: (text) => {
      const choice = choiceOfTyped(text);
      if (!choice || choice.disabled) return choice;
      return answers.asking.includes(choice.value)
        ? refusedRoleChoice(choice.value, conflictWords({ kind: 'elevatedAsks' }))
        : (refusedSystemRole(choice.value, surroundings.known) ?? choice);
    },
  });
  const proposed = newRoles.find(({ name }) => name === picked);
  if (picked !== anotherRole && (proposed || !isNew(picked)))
    return { ...withElevated(state, picked), gives: proposed?.gives ?? answers.gives };
  const gives = await pickOne<ElevatedKind>(position, {
    choices: elevatedKinds.map((kind) => ({ label: elevatedKindWords(kind), value: kind })),
    placeholder: l10n.t('What does the new role give?'),
    isSelected: (kind) => kind === answers.gives,
  });
  if (picked !== anotherRole) return { ...withElevated(state, picked), gives };
  const name = await typeText(position, {
    value: '',
    placeholder: forPick(proposedElevated[gives]),
    prompt: l10n.t('The name of the new role'),
    check: (text) => newNameRemark(text.trim(), isNew),
  });
  return { ...withElevated(state, untrusted(name.trim())), gives };
}

function newNameRemark(name: string, isNew: (name: Untrusted) => boolean): Remark | undefined {
  if (!isPlainRoleName(name)) return { text: plainNameWords(), severity: 'error' };
  return isNew(untrusted(name))
    ? undefined
    : { text: l10n.t('There is such a role already; go back and choose it'), severity: 'error' };
}

/**
 * The answers with another elevated role. The role's own settings are proposed. Approvers that do not exist
 * yet are removed, because the wizard proposes their names after the elevated role.
 */
function withElevated({ answers, surroundings }: WizardState, elevated: Untrusted): Answers {
  const { roles } = surroundings.known;
  const exists = (role: Untrusted | undefined): boolean => role !== undefined && roles.has(role);
  if (elevated === answers.elevated) return answers;
  const { approver, secondApprover } = answers;
  const { minutes, mfa, disconnect } = defaultAnswers;
  const previousRole = roles.get(answers.elevated);
  const role = roles.get(elevated);
  return {
    ...answers,
    // Settings that were proposed for the previous role do not apply to this role.
    ...(previousRole ? { minutes, mfa, disconnect } : {}),
    ...(role ? settingsOf(role) : {}),
    elevated,
    approver: exists(approver) ? approver : undefined,
    secondApprover: exists(secondApprover) ? secondApprover : undefined,
  };
}
