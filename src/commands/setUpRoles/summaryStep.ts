import * as l10n from '@vscode/l10n';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { pickOne, type Choice } from '../../editor/quickInput.ts';
import { approvalEffects, reasonEffects } from '../../roles/setup/sideEffects.ts';
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

/** The words of a row of the summary. */
type RowWords = Omit<Choice<WizardStep>, 'value'>;

/**
 * Shows all answers. The user picks an answer to change it, or Write Manifests.
 * @param shown the names of the steps that the answers need
 * @param limit the team's longest session, in minutes
 * @param enterWrites whether Enter picks Write Manifests; otherwise it picks nothing until the user has chosen
 * @returns the step of the picked answer, or `write`
 */
export async function askSummary(
  { answers, surroundings, position }: WizardState,
  shown: readonly string[],
  limit: number,
  enterWrites: boolean,
): Promise<WizardStep | 'write'> {
  const { known } = surroundings;
  const row = (label: string, description: string, detail = ''): RowWords => ({
    label,
    description,
    ...(detail === '' ? {} : { detail }),
  });
  const rows: Readonly<Record<Exclude<WizardStep, 'summary'>, RowWords>> = {
    who: row(l10n.t('Who may ask'), nameList(answers.asking)),
    what: row(l10n.t('For which role'), elevatedWords(answers, known)),
    howLong: row(l10n.t('How long'), span(answers.minutes)),
    rules: row(l10n.t('Rules'), rulesWords(answers), rulesDetail(answers, known)),
    standing: row(l10n.t('Taken away'), removedRightsWords(answers, known)),
    edition: row(l10n.t('Edition'), answers.edition ? editionWords(answers.edition) : ''),
    approvals: row(
      l10n.t('Approvals'),
      approvalsWords(answers.approvals),
      sideEffectsWords(approvalEffects(answers, known)),
    ),
    approver: row(
      answers.edition === 'community' ? l10n.t('Who approves') : l10n.t('Who reviews'),
      forPick(approverRole(answers)),
    ),
    second: row(
      l10n.t('The second team'),
      l10n.t(
        '{0} reviews; who asks also needs {1}',
        forPick(secondApproverRole(answers)),
        forPick(secondAskingRole(answers)),
      ),
    ),
    suggested: row(
      l10n.t('Suggested reviewers'),
      answers.suggested.length > 0 ? nameList(answers.suggested) : l10n.t('everybody who may'),
    ),
  };
  return pickOne<WizardStep | 'write'>(position, {
    choices: [
      {
        label: `$(save) ${l10n.t('Write Manifests')}`,
        detail: writeWords(answers, known, limit),
        value: 'write',
      },
      ...(Object.entries(rows) as [WizardStep, RowWords][])
        .filter(([step]) => shown.includes(step))
        .map(([step, words]) => ({ ...words, value: step })),
    ],
    placeholder: l10n.t('Write, or choose what to change. Nothing is sent to Teleport yet'),
    isSelected: (picked) => enterWrites && picked === 'write',
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

function rulesWords({ reason, mfa, disconnect }: Answers): string {
  const parts = [
    ...(reason ? [l10n.t('a reason')] : []),
    ...(mfa ? [l10n.t('MFA for each session')] : []),
    ...(disconnect ? [l10n.t('connections end with the certificate')] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : l10n.t('none');
}

/** What the rules change for other requests, or that the cluster cannot require a reason. */
const rulesDetail = (answers: Answers, known: KnownRoles): string =>
  answers.reason && !canRequireReason(known.version)
    ? noReasonWords(known.version)
    : sideEffectsWords(reasonEffects(answers, known));

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
