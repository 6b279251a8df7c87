import * as l10n from '@vscode/l10n';
import { isSendableName, splitNames } from '../../access/requestDraft.ts';
import { forPick } from '../../access/text/sinks.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
import { back, pickOne, pickSome, type Choice } from '../../editor/quickInput.ts';
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
import { keptByTeleport, type WizardState } from './choices.ts';
import { choosableRoles, refusedRole, roleChoice, typedRole } from '../manifests/roleChoices.ts';

type Answered = Promise<Answers | typeof back>;

/** Which edition the cluster is; asked where nothing shows it. Enter alone does not choose one. */
export async function askEdition({ answers, place }: WizardState): Answered {
  const edition = await pickOne<EditionName | undefined>(place, {
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
    isSelected: (one) => one !== undefined && one === answers.edition,
  });
  if (edition === back || edition === undefined) return back;
  return withEdition(answers, edition);
}

/** The answers for an edition: who reviews on one is not who approves on the other. */
export const withEdition = (answers: Answers, edition: EditionName): Answers =>
  edition === answers.edition ? answers : { ...answers, edition, approver: undefined };

const levels: readonly Approvals[] = ['one', 'two', 'twoTeams'];

/** How many approve. What a choice changes for other requests is said with it, and never taken by Enter alone. */
export async function askApprovals({ answers, around, place }: WizardState): Answered {
  const { known } = around;
  const details: Readonly<Record<Approvals, string>> = {
    one: l10n.t('Any reviewer is enough'),
    two: l10n.t('Two reviewers'),
    twoTeams: l10n.t('A second role for those who ask is written: only both together make two teams count'),
    asIs: l10n.t('What the roles that ask want now stays'),
  };
  const besides = (approvals: Approvals): string =>
    sideEffectsWords(approvalEffects({ ...answers, approvals }, known));
  const weaker = (approvals: Approvals): boolean => weakensApprovals({ ...answers, approvals }, known);
  const asIs =
    commonApprovals(answers.asking.map((name) => known.roles.get(name))) === 'asIs' || levels.some(weaker);
  const focused = weaker(answers.approvals) ? 'asIs' : answers.approvals;
  const approvals = await pickOne<Approvals>(place, {
    choices: [...levels, ...(asIs ? (['asIs'] as const) : [])].map((one) => ({
      label: approvalsWords(one),
      detail: besides(one) || details[one],
      value: one,
    })),
    placeholder: l10n.t('How many approvals does a request need?'),
    isSelected: (one) => one === focused,
  });
  return approvals === back ? back : { ...answers, approvals };
}

/** One of the roles that approve. */
interface Asking {
  readonly placeholder: string;
  /** The proposal, where nothing else was answered. */
  readonly proposed: Untrusted;
  readonly chosen: Untrusted;
  /** Whether a role does it already. */
  readonly does: (role: PlainObject) => boolean;
  /** The answers with this role in it; with one that clashes it is not taken. */
  readonly take: (role: Untrusted) => Answers;
  /** Which team's; the other's clash is put right in its own step. */
  readonly team: 'first' | 'second';
}

async function askRole({ around, place }: WizardState, asking: Asking): Answered {
  const { known } = around;
  const { proposed, chosen, does, take, placeholder, team } = asking;
  const clash = (name: Untrusted): AnswerConflict | undefined => clashIn(take(name), known, team);
  const fitting = (choice: Choice<Untrusted>): Choice<Untrusted> => {
    const found = clash(choice.value);
    return found ? { ...choice, detail: conflictWords(found), disabled: true } : choice;
  };
  // A reviewer that would leave other roles without approval is shown with the reason; who asks is not offered at all.
  const there = choosableRoles(known).filter(([name]) =>
    ['unapprovable', undefined].includes(clash(name)?.kind),
  );
  const fresh = [...new Set([proposed, chosen])].filter((name) => !known.roles.has(name));
  const choices: Choice<Untrusted>[] = [
    ...there.filter(([, role]) => does(role)).map((one) => roleChoice(one, l10n.t('does so already'))),
    ...fresh.map((name) => ({ label: forPick(name), description: l10n.t('a new role'), value: name })),
    ...there.filter(([, role]) => !does(role)).map((one) => roleChoice(one)),
  ].map(fitting);
  const typed = typedRole([...there.map(([name]) => name), ...fresh], l10n.t('a new role'));
  const none = choices.every(({ disabled }) => disabled);
  const answer = await pickOne<Untrusted>(place, {
    choices,
    placeholder: none
      ? l10n.t('No role here reviews all that they may ask for. Go back to another kind of approval')
      : placeholder,
    isSelected: (name) => name === chosen,
    choiceFromText: (text) => {
      const choice = typed(text);
      if (!choice || choice.disabled) return choice;
      const found = clash(choice.value);
      return found
        ? refusedRole(choice.value, conflictWords(found))
        : (keptByTeleport(choice.value, known) ?? choice);
    },
  });
  return answer === back ? back : take(answer);
}

/** What is wrong with who approves for a team. */
function clashIn(answers: Answers, known: KnownRoles, team: 'first' | 'second'): AnswerConflict | undefined {
  const clash = answerConflict(answers, known);
  if (clash?.kind === 'nobodyAsks') return undefined;
  if (clash?.kind !== 'unapprovable') return clash;
  const stranded = unapprovableRoles(answers, known, team);
  return stranded && { kind: 'unapprovable', team, ...stranded };
}

/** Which role reviews, on Community which role approves with tctl. Those that ask are not offered. */
export async function askApprover(asked: WizardState): Answered {
  const { answers, around } = asked;
  const { known } = around;
  const community = answers.edition === 'community';
  const does = community ? approvesByRule : (role: PlainObject) => canReview(role, answers.elevated);
  const take = (approver: Untrusted): Answers => ({ ...answers, approver });
  const fits = (name: Untrusted): boolean => clashIn(take(name), known, 'first') === undefined;
  const proposed = approverRole({ ...answers, approver: undefined });
  // Another team's filter would leave what was asked for before without its reviewers.
  const teams =
    answers.approvals === 'twoTeams'
      ? answers.asking.flatMap((name) => teamOf(known.roles.get(name)) ?? [])
      : [];
  const already = choosableRoles(known).filter(([, role]) => does(role));
  const likely = [...teams, ...already.map(([name]) => name)].find(fits);
  return askRole(asked, {
    placeholder: community
      ? l10n.t('Who approves with tctl? Not a role that asks: its people would approve their own requests')
      : l10n.t('Who reviews? A role that asks is not offered'),
    proposed,
    chosen: answers.approver ?? likely ?? proposed,
    does,
    take,
    team: 'first',
  });
}

/** Which role reviews for the second team. */
export async function askSecond(asked: WizardState): Answered {
  const { answers } = asked;
  const take = (secondApprover: Untrusted): Answers => ({ ...answers, secondApprover });
  return askRole(asked, {
    placeholder: l10n.t('Who reviews for the second team? Nobody may hold both roles'),
    proposed: secondApproverRole({ ...answers, secondApprover: undefined }),
    chosen: secondApproverRole(answers),
    does: (role) => canReview(role, answers.elevated),
    take,
    team: 'second',
  });
}

/** Whom requests suggest as reviewers; nobody means everybody who may. @param used whom this person asked before */
export async function askSuggested(
  { answers, around, place }: WizardState,
  used: readonly Untrusted[],
): Answered {
  const others = [...around.known.roles.values()].flatMap(suggestedReviewersOf);
  const known = [...new Set([...answers.suggested, ...others, ...used])].filter(isSendableName);
  const suggested = await pickSome<Untrusted>(place, {
    choices: known.map((name) => ({ label: forPick(name), value: name })),
    placeholder: l10n.t('Who is asked by name? Tick or type people, or just press Enter'),
    isSelected: (name) => answers.suggested.includes(name),
    choiceFromText: (text) => {
      const [name, ...more] = splitNames(text);
      // A comma or a blank would make two of it.
      if (!name || more.length > 0 || !isSendableName(name) || known.includes(name)) return undefined;
      return { label: forPick(name), description: l10n.t('as typed'), value: name };
    },
  });
  return suggested === back ? back : { ...answers, suggested };
}
