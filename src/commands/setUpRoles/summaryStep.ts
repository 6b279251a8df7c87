import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { pickOne, type back, type Choice } from '../../editor/quickInput.ts';
import { approvalEffects, reasonEffects, type SideEffect } from '../../roles/setup/sideEffects.ts';
import {
  approverRole,
  canRequireReason,
  secondApproverRole,
  secondAskingRole,
  type Answers,
  type KnownRoles,
} from '../../roles/setup/answers.ts';
import { answerConflict } from '../../roles/setup/answerConflicts.ts';
import { ownerOf } from '../../roles/role/roleOrigin.ts';
import { planSetup, unreadRoles } from '../../roles/setup/planSetup.ts';
import { standingRights, standingKey } from '../../roles/setup/standingRights.ts';
import {
  approvalsWords,
  sideEffectsWords,
  conflictWords,
  editionWords,
  elevatedKindWords,
  nameList,
  noReasonWords,
} from '../../text/roles/setupText.ts';
import { span } from '../../text/time.ts';
import type { WizardState, WizardStep } from './choices.ts';

/**
 * Shows all answers. The user picks an answer to change it, or Write Manifests.
 * @param limit the team's longest session, in minutes
 * @returns the step of the picked answer, or `write`
 */
export async function askSummary(
  { answers, surroundings, position }: WizardState,
  steps: readonly WizardStep[],
  limit: number,
): Promise<WizardStep | 'write' | typeof back> {
  const { known } = surroundings;
  const rows: Readonly<Partial<Record<WizardStep, Choice<WizardStep>>>> = {
    who: { label: l10n.t('Who may ask'), description: nameList(answers.asking), value: 'who' },
    what: { label: l10n.t('For which role'), description: elevatedWords(answers, known), value: 'what' },
    howLong: { label: l10n.t('How long'), description: span(answers.minutes), value: 'howLong' },
    rules: { label: l10n.t('Rules'), ...rulesRow(answers, known), value: 'rules' },
    standing: {
      label: l10n.t('Taken away'),
      description: removedRightsWords(answers, known),
      value: 'standing',
    },
    edition: {
      label: l10n.t('Edition'),
      description: answers.edition ? editionWords(answers.edition) : '',
      value: 'edition',
    },
    approvals: {
      label: l10n.t('Approvals'),
      description: approvalsWords(answers.approvals),
      ...effectsDetail(approvalEffects(answers, known)),
      value: 'approvals',
    },
    approver: {
      label: answers.edition === 'community' ? l10n.t('Who approves') : l10n.t('Who reviews'),
      description: forPick(approverRole(answers)),
      value: 'approver',
    },
    second: {
      label: l10n.t('The second team'),
      description: l10n.t(
        '{0} reviews; who asks also needs {1}',
        forPick(secondApproverRole(answers)),
        forPick(secondAskingRole(answers)),
      ),
      value: 'second',
    },
    suggested: {
      label: l10n.t('Suggested reviewers'),
      description: answers.suggested.length > 0 ? nameList(answers.suggested) : l10n.t('everybody who may'),
      value: 'suggested',
    },
  };
  return pickOne<WizardStep | 'write'>(position, {
    choices: [
      {
        label: `$(save) ${l10n.t('Write Manifests')}`,
        detail: writeWords(answers, known, limit),
        value: 'write',
      },
      ...steps.flatMap((step) => rows[step] ?? []),
    ],
    placeholder: l10n.t('Write, or choose what to change. Nothing is sent to Teleport yet'),
  });
}

/** The manifests that writing creates and changes, or the conflict that prevents writing. */
function writeWords(answers: Answers, known: KnownRoles, limit: number): string {
  const conflict = answerConflict(answers, known, limit);
  if (conflict) return conflictWords(conflict);
  const plans = planSetup(answers, known);
  const created = plans.filter(({ write }) => 'manifest' in write).map(({ role }) => role);
  const isOwnedElsewhere = (role: Untrusted): boolean => ownerOf(known.roles.get(role)) !== undefined;
  const existing = plans.filter(({ write }) => 'changes' in write).map(({ role }) => role);
  const changed = existing.filter((role) => !isOwnedElsewhere(role));
  const onlyShown = existing.filter(isOwnedElsewhere);
  const byHand = unreadRoles(answers, known);
  const parts = [
    ...(changed.length > 0 ? [l10n.t('changes {0}', nameList(changed))] : []),
    ...(created.length > 0 ? [l10n.t('new: {0}', nameList(created))] : []),
    ...(onlyShown.length > 0
      ? [l10n.t('only shown, another program owns it: {0}', nameList(onlyShown))]
      : []),
    ...(byHand.length > 0 ? [l10n.t('by hand: {0}', nameList(byHand))] : []),
  ];
  return parts.length > 0 ? parts.join(' · ') : l10n.t('Everything is already as answered');
}

function elevatedWords({ elevated, gives }: Answers, { roles }: KnownRoles): string {
  const description = roles.has(elevated)
    ? l10n.t('is there already; keeps what it gives')
    : elevatedKindWords(gives);
  return l10n.t('{0} — {1}', forPick(elevated), description);
}

/** The effects on other requests, as the detail of a row. */
const effectsDetail = (effects: readonly SideEffect[]): { readonly detail?: string } =>
  effects.length > 0 ? { detail: sideEffectsWords(effects) } : {};

/** The rules of the elevated role, with their effects on other requests. */
function rulesRow(
  answers: Answers,
  known: KnownRoles,
): { readonly description: string; readonly detail?: string } {
  const { reason, mfa, disconnect } = answers;
  const parts = [
    ...(reason ? [l10n.t('a reason')] : []),
    ...(mfa ? [l10n.t('MFA for each session')] : []),
    ...(disconnect ? [l10n.t('connections end with the certificate')] : []),
  ];
  return {
    description: parts.length > 0 ? parts.join(', ') : l10n.t('none'),
    ...(reason && !canRequireReason(known.version)
      ? { detail: noReasonWords(known.version) }
      : effectsDetail(reasonEffects(answers, known))),
  };
}

/** The standing rights that the asking roles lose. */
function removedRightsWords(answers: Answers, known: KnownRoles): string {
  const removed = standingRights(answers, known).filter(
    (right) => !answers.keep.includes(standingKey(right)),
  );
  return removed.length > 0
    ? removed
        .map(({ role, value }) => l10n.t('{0} from {1}', forPick(untrusted(value)), forPick(role)))
        .join(', ')
    : l10n.t('nothing; standing rights stay');
}
