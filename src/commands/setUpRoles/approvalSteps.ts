import * as l10n from '@vscode/l10n';
import { isSendableName, splitNames } from '../../access/requestDraft.ts';
import { forPick } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { pickOne, pickSome, type Choice } from '../../editor/quickInput.ts';
import { approvalEffects, weakensApprovals } from '../../roles/setup/sideEffects.ts';
import {
  approverRole,
  secondApproverRole,
  type Answers,
  type Approvals,
  type KnownRoles,
} from '../../roles/setup/answers.ts';
import { commonApprovals, approvesByRule, canReview, teamOf } from '../../roles/setup/approvalRoles.ts';
import { answerConflict, type AnswerConflict } from '../../roles/setup/answerConflicts.ts';
import type { EditionName } from '../../roles/role/edition.ts';
import type { PlainObject } from '../../roles/role/value.ts';
import { suggestedReviewersOf } from '../../roles/setup/planSetup.ts';
import { unapprovableRoles } from '../../roles/setup/unapprovableRoles.ts';
import { approvalsWords, sideEffectsWords, conflictWords, editionWords } from '../../text/roles/setupText.ts';
import { refusedSystemRole, type WizardState } from './choices.ts';
import { choosableRoles, refusedRoleChoice, roleChoice, typedRoleChoice } from '../manifests/roleChoices.ts';

/**
 * Asks for the cluster's edition if the cluster does not show it. The first entry cannot be picked, so that
 * Enter alone chooses no edition.
 */
export async function askEdition({ answers, position }: WizardState): Promise<Answers> {
  const edition = await pickOne<EditionName | undefined>(position, {
    choices: [
      {
        label: `$(info) ${l10n.t('Choose one below: nothing seen so far shows which it is')}`,
        detail: l10n.t('“teleport version” on the Auth Service says Enterprise, if it is; Teleport Cloud is'),
        disabled: true,
        value: undefined,
      },
      {
        label: editionWords('enterprise'),
        detail: l10n.t('People review requests; approvals are counted'),
        value: 'enterprise',
      },
      {
        label: editionWords('community'),
        detail: l10n.t('An approver decides alone, with tctl. Not sure? Choose this: it works on both'),
        value: 'community',
      },
    ],
    placeholder: l10n.t('Which Teleport is it?'),
    isSelected: (choice) => choice !== undefined && choice === answers.edition,
  });
  return edition ? withEdition(answers, edition) : answers;
}

/**
 * The answers with another edition. The approver is removed, because the reviewer on Enterprise is another
 * role than the approver on Community.
 */
export const withEdition = (answers: Answers, edition: EditionName): Answers =>
  edition === answers.edition ? answers : { ...answers, edition, approver: undefined };

const levels: readonly Approvals[] = ['one', 'two', 'twoTeams'];

/**
 * Asks how many approvals a request needs. Each entry shows its effects on other requests. An entry that
 * weakens the approvals of other requests is not active at first, so that Enter alone does not pick it.
 */
export async function askApprovals({ answers, surroundings, position }: WizardState): Promise<Answers> {
  const { known } = surroundings;
  const details: Readonly<Record<Approvals, string>> = {
    one: l10n.t('Any reviewer is enough'),
    two: l10n.t('Two reviewers'),
    twoTeams: l10n.t('A second role for those who ask is written: only both together make two teams count'),
    asIs: l10n.t('What the roles that ask want now stays'),
  };
  const effectsWords = (approvals: Approvals): string =>
    sideEffectsWords(approvalEffects({ ...answers, approvals }, known));
  const weakens = (approvals: Approvals): boolean => weakensApprovals({ ...answers, approvals }, known);
  const asIs =
    commonApprovals(answers.asking.map((name) => known.roles.get(name))) === 'asIs' || levels.some(weakens);
  const active = weakens(answers.approvals) ? 'asIs' : answers.approvals;
  const approvals = await pickOne<Approvals>(position, {
    choices: [...levels, ...(asIs ? (['asIs'] as const) : [])].map((level) => ({
      label: approvalsWords(level),
      detail: effectsWords(level) || details[level],
      value: level,
    })),
    placeholder: l10n.t('How many approvals does a request need?'),
    isSelected: (level) => level === active,
  });
  return { ...answers, approvals };
}

/** The question for one of the roles that approve. */
interface ApproverQuestion {
  readonly placeholder: string;
  /** The role that the wizard proposes without an answer. */
  readonly proposed: Untrusted;
  /** The role that is active at first. */
  readonly selected: Untrusted;
  /** Whether a role approves already. */
  readonly approvesAlready: (role: PlainObject) => boolean;
  /** The answers with a role as the approver. They may contain a conflict. */
  readonly withApprover: (role: Untrusted) => Answers;
  /** The team of the approver. A conflict of the other team is solved in that team's step. */
  readonly team: 'first' | 'second';
}

/** Asks for one of the roles that approve. Roles with a conflict show the reason and cannot be picked. */
async function askRole(
  { surroundings, position }: WizardState,
  question: ApproverQuestion,
): Promise<Answers> {
  const { known } = surroundings;
  const { proposed, selected, approvesAlready, withApprover, placeholder, team } = question;
  const conflictOf = (name: Untrusted): AnswerConflict | undefined =>
    teamConflict(withApprover(name), known, team);
  const disabledOnConflict = (choice: Choice<Untrusted>): Choice<Untrusted> => {
    const conflict = conflictOf(choice.value);
    return conflict ? { ...choice, detail: conflictWords(conflict), disabled: true } : choice;
  };
  // A role that would make other roles unapprovable is listed with the reason. Roles with other conflicts,
  // such as asking roles, are not listed.
  const existing = choosableRoles(known).filter(([name]) =>
    ['unapprovable', undefined].includes(conflictOf(name)?.kind),
  );
  const newRoles = [...new Set([proposed, selected])].filter((name) => !known.roles.has(name));
  const choices: Choice<Untrusted>[] = [
    ...existing
      .filter(([, role]) => approvesAlready(role))
      .map((role) => roleChoice(role, l10n.t('does so already'))),
    ...newRoles.map((name) => ({ label: forPick(name), description: l10n.t('a new role'), value: name })),
    ...existing.filter(([, role]) => !approvesAlready(role)).map((role) => roleChoice(role)),
  ].map(disabledOnConflict);
  const choiceOfTyped = typedRoleChoice(
    [...existing.map(([name]) => name), ...newRoles],
    l10n.t('a new role'),
  );
  const noneFits = choices.every(({ disabled }) => disabled);
  const answer = await pickOne<Untrusted>(position, {
    choices,
    placeholder: noneFits
      ? l10n.t('No role here reviews all that they may ask for. Go back to another kind of approval')
      : placeholder,
    isSelected: (name) => name === selected,
    choiceFromText: (text) => {
      const choice = choiceOfTyped(text);
      if (!choice || choice.disabled) return choice;
      const conflict = conflictOf(choice.value);
      return conflict
        ? refusedRoleChoice(choice.value, conflictWords(conflict))
        : (refusedSystemRole(choice.value, known) ?? choice);
    },
  });
  return withApprover(answer);
}

/**
 * The conflict in the answers about a team's approver. Roles that only the other team makes unapprovable do
 * not count.
 */
function teamConflict(
  answers: Answers,
  known: KnownRoles,
  team: 'first' | 'second',
): AnswerConflict | undefined {
  const conflict = answerConflict(answers, known);
  if (conflict?.kind === 'nobodyAsks') return undefined;
  if (conflict?.kind !== 'unapprovable') return conflict;
  const unapprovable = unapprovableRoles(answers, known, team);
  return unapprovable && { kind: 'unapprovable', team, ...unapprovable };
}

/** Asks which role reviews (Enterprise) or approves with tctl (Community). Asking roles are not offered. */
export async function askApprover(state: WizardState): Promise<Answers> {
  const { answers, surroundings } = state;
  const { known } = surroundings;
  const community = answers.edition === 'community';
  const approvesAlready = community
    ? approvesByRule
    : (role: PlainObject) => canReview(role, answers.elevated);
  const withApprover = (approver: Untrusted): Answers => ({ ...answers, approver });
  const fits = (name: Untrusted): boolean => teamConflict(withApprover(name), known, 'first') === undefined;
  const proposed = approverRole({ ...answers, approver: undefined });
  // The reviewers in the asking roles' filters come first: with another team in the filter, the roles that
  // these roles request already would lose their reviewers.
  const currentTeams =
    answers.approvals === 'twoTeams'
      ? answers.asking.flatMap((name) => teamOf(known.roles.get(name)) ?? [])
      : [];
  const currentApprovers = choosableRoles(known).filter(([, role]) => approvesAlready(role));
  const likely = [...currentTeams, ...currentApprovers.map(([name]) => name)].find(fits);
  return askRole(state, {
    placeholder: community
      ? l10n.t('Who approves with tctl? Not a role that asks: its people would approve their own requests')
      : l10n.t('Who reviews? A role that asks is not offered'),
    proposed,
    selected: answers.approver ?? likely ?? proposed,
    approvesAlready,
    withApprover,
    team: 'first',
  });
}

/** Asks which role reviews for the second team. */
export async function askSecondApprover(state: WizardState): Promise<Answers> {
  const { answers } = state;
  const withApprover = (secondApprover: Untrusted): Answers => ({ ...answers, secondApprover });
  return askRole(state, {
    placeholder: l10n.t('Who reviews for the second team? Nobody may hold both roles'),
    proposed: secondApproverRole({ ...answers, secondApprover: undefined }),
    selected: secondApproverRole(answers),
    approvesAlready: (role) => canReview(role, answers.elevated),
    withApprover,
    team: 'second',
  });
}

/**
 * Asks which reviewers requests suggest. Without an answer a request suggests everybody who may review.
 * @param lastReviewers the reviewers whom this user named last
 */
export async function askSuggestedReviewers(
  { answers, surroundings, position }: WizardState,
  lastReviewers: readonly Untrusted[],
): Promise<Answers> {
  const inRoles = [...surroundings.known.roles.values()].flatMap(suggestedReviewersOf);
  const reviewers = [...new Set([...answers.suggested, ...inRoles, ...lastReviewers])].filter(isSendableName);
  const suggested = await pickSome<Untrusted>(position, {
    choices: reviewers.map((name) => ({ label: forPick(name), value: name })),
    placeholder: l10n.t('Who is asked by name? Tick or type people, or just press Enter'),
    isSelected: (name) => answers.suggested.includes(name),
    choiceFromText: (text) => {
      const [name, ...more] = splitNames(text);
      // Text with a comma or a blank is more than one name.
      if (!name || more.length > 0 || !isSendableName(name) || reviewers.includes(name)) return undefined;
      return { label: forPick(name), description: l10n.t('as typed'), value: name };
    },
  });
  return { ...answers, suggested };
}
