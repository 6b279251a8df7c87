import * as l10n from '@vscode/l10n';
import { forSentence } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { SideEffect } from '../../roles/setup/sideEffects.ts';
import type { Approvals, ElevatedKind } from '../../roles/setup/answers.ts';
import type { RequiredApprovals } from '../../roles/setup/approvalRoles.ts';
import type { AnswerConflict } from '../../roles/setup/answerConflicts.ts';
import type { EditionName } from '../../roles/role/edition.ts';
import type { NextStep } from '../../roles/setup/nextSteps.ts';
import type { RolePurpose } from '../../roles/setup/planSetup.ts';

/** Joins names with commas, each safe for a sentence. */
export const nameList = (names: readonly Untrusted[]): string => names.map(forSentence).join(', ');

/** Joins up to four names; of a longer list the first three and the number of the others. */
const fewNames = (names: readonly Untrusted[]): string =>
  names.length > 4
    ? l10n.t('{0} and {1} more', nameList(names.slice(0, 3)), names.length - 3)
    : nameList(names);

/** The access that a new elevated role of a kind gives. */
export function elevatedKindWords(gives: ElevatedKind): string {
  switch (gives) {
    case 'kubernetes':
      return l10n.t('Kubernetes: system:masters in every cluster');
    case 'database':
      return l10n.t('Databases: every database as every user');
    case 'node':
      return l10n.t('Servers: root on every server');
  }
}

/** The number of approvals, as the wizard names it. */
export function approvalsWords(approvals: Approvals): string {
  switch (approvals) {
    case 'one':
      return l10n.t('One approval');
    case 'two':
      return l10n.t('Two approvals');
    case 'twoTeams':
      return l10n.t('Two approvals, of different teams');
    case 'asIs':
      return l10n.t('As it is');
  }
}

/** The name of an edition of Teleport, as the wizard shows it. */
export const editionWords = (edition: EditionName): string =>
  edition === 'enterprise' ? l10n.t('Teleport Enterprise') : l10n.t('Teleport Community');

/** The comment in the first line of a new manifest: the purpose of the role. */
export function purposeWords(purpose: RolePurpose, elevated: Untrusted): string {
  switch (purpose) {
    case 'elevated':
      return l10n.t('Nobody holds this role for good. It is asked for, and lasts a short while.');
    case 'asks':
      return l10n.t('Who holds this role may ask for {0}.', forSentence(elevated));
    case 'asksSecond':
      return l10n.t(
        'Give this role to everyone who may ask for {0}: it makes the second team approve too.',
        forSentence(elevated),
      );
    case 'reviews':
      return l10n.t('Who holds this role reviews requests for {0}.', forSentence(elevated));
    case 'reviewsSecond':
      return l10n.t(
        'Who holds this role reviews requests for {0} for the second team.',
        forSentence(elevated),
      );
    case 'approves':
      return l10n.t('Who holds this role approves access requests with tctl.');
  }
}

/** Why the answers are in conflict, and what to do. */
export function conflictWords(conflict: AnswerConflict): string {
  switch (conflict.kind) {
    case 'nobodyAsks':
      return l10n.t('No role may ask yet. Choose at least one.');
    case 'elevatedAsks':
      return l10n.t('The elevated role cannot be one that asks for itself. Choose another.');
    case 'approverAsks':
      return l10n.t(
        'Who asks may not approve too: they would approve their own requests. Choose another role.',
      );
    case 'approverElevated':
      return l10n.t('Who is elevated may not approve too. Choose another role.');
    case 'tooLong':
      return l10n.t('It lasts longer than your team\'s limit (setting "Manifests: Longest Session").');
    case 'sameApprovers':
      return l10n.t('Both teams have the same role. Choose another for one of them.');
    case 'presetApproves':
      return l10n.t("Teleport's own role: whoever edits roles should not decide alone. Choose another.");
    case 'unapprovable':
      // The text is short to fit in one row. The step that the row opens tells what to do.
      return l10n.t(
        '{0} does not review {1} of {2}: nobody could approve these',
        forSentence(conflict.reviewer),
        fewNames(conflict.roles),
        forSentence(conflict.asking),
      );
  }
}

/** Why this server cannot require a reason. The text is short to fit in one row. */
export const noReasonWords = (version: string | undefined): string =>
  version === undefined
    ? l10n.t('Only this extension asks: the server told no version, before 17.1 it cannot')
    : l10n.t(
        'Teleport {0} cannot require a reason (17.1 can); only this extension asks',
        forSentence(untrusted(version)),
      );

/** The text of a next step. */
export function nextStepWords(step: NextStep): string {
  switch (step.kind) {
    case 'byHand':
      return l10n.t(
        '{0} could not be read from the cluster and no manifest holds it, so it was not changed. Add the elevated role to its allow.request.roles by hand.',
        forSentence(step.role),
      );
    case 'giveAsking':
      return l10n.t(
        '{0} is new, and nobody holds it yet. Give it to the people who may ask for {1}.',
        forSentence(step.role),
        forSentence(step.elevated),
      );
    case 'giveApprover':
      return step.people === 2
        ? l10n.t(
            'Give {0} to at least two people besides the one who asks (tctl users update --set-roles, or your identity provider). Until two hold it, nothing can be approved.',
            forSentence(step.role),
          )
        : l10n.t(
            'Give {0} to the people who approve (tctl users update --set-roles, or your identity provider). Until somebody holds it, nobody can approve.',
            forSentence(step.role),
          );
    case 'cannotReview':
      return l10n.t(
        'These people are suggested as reviewers, but none of their roles reviews {0}: {1}. Give them {2}, or suggest others.',
        forSentence(step.elevated),
        nameList(step.people),
        forSentence(step.approver),
      );
    case 'giveSecond':
      return l10n.t(
        'Give {0} to everyone who holds {1}. Whoever lacks it needs one approval only.',
        forSentence(step.role),
        nameList(step.asking),
      );
    case 'notBoth':
      return l10n.t(
        'Nobody may hold both {0} and {1}: that person alone would be both teams.',
        ...step.roles.map(forSentence),
      );
    case 'secondStays':
      return l10n.t(
        '{0} is still there from before: who holds it still needs an approval of its team. Take it from people, then delete it.',
        forSentence(step.role),
      );
    case 'reasonByUs':
      return `${noReasonWords(step.version)}.`;
    case 'alsoFor':
      return l10n.t(
        'Approvals and reasons are set for a role that asks as a whole. This changes with it: {0}.',
        sideEffectWords(step),
      );
    case 'renewable':
      return l10n.t(
        '{0} allows grants of {1} (request.max_duration). While a grant lives, the certificate can be renewed without a new approval.',
        forSentence(step.role),
        forSentence(step.longest),
      );
    case 'emptied':
      return l10n.t(
        'Nothing is left in {1} of {0}. Its people then have no such right without asking; add what they need every day.',
        forSentence(step.role),
        step.field,
      );
    case 'kept':
      return l10n.t('{0} keeps {1} for good, as you chose.', forSentence(step.role), forSentence(step.value));
    case 'untilLoginEnds':
      return l10n.t(
        'Whoever is signed in now may keep the rights that are taken away until that login ends. For an end at once, they sign in again.',
      );
    case 'approvesItself':
      return l10n.t(
        '{0} may already approve access requests by a rule on access_request, also its own. Take that rule away.',
        forSentence(step.role),
      );
  }
}

/** The number of required approvals and whose approvals count. */
function requiredApprovalsWords({ approve, team, conditional }: RequiredApprovals): string {
  if (team !== undefined) return l10n.t('{0} of {1}', approve, forSentence(team));
  return conditional ? l10n.t('{0}, by a filter', approve) : String(approve);
}

/** The effect on other requests of one asking role. */
export function sideEffectWords({ role, others, approvals, reason }: SideEffect): string {
  const parts = [
    ...(approvals ? [approvalsChange(approvals.before, approvals.after)] : []),
    ...(reason === undefined ? [] : [reason ? l10n.t('a reason is required') : l10n.t('no reason needed')]),
  ];
  return l10n.t('{0} of {1}: {2}', fewNames(others), forSentence(role), parts.join(', '));
}

function approvalsChange(before: RequiredApprovals, after: RequiredApprovals): string {
  const [old, next] = [requiredApprovalsWords(before), requiredApprovalsWords(after)];
  return before.conditional || after.conditional
    ? l10n.t('approvals {0} → {1}', old, next)
    : l10n.t('{0} → {1} approvals', old, next);
}

/** All side effects in one line; empty when there are none. */
export const sideEffectsWords = (effects: readonly SideEffect[]): string =>
  effects.length === 0 ? '' : l10n.t('also changes {0}', effects.map(sideEffectWords).join('; '));
