// The question before Apply and its undo. Whatever fits is shown whole. Otherwise what gives power comes first, the
// question says that it is cut, and the caller offers no button that acts.
import * as l10n from '@vscode/l10n';
import { powerRank, powerRanks, type PowerRank } from '../../roles/apply/powerRank.ts';
import { isSent, type RolePlan } from '../../roles/apply/rolePlan.ts';
import { fitsInDialog } from '../wrapLines.ts';
import { fieldChangeWords, missingRolesWords, nameWords, planStatusWords, shownDiffs } from './applyText.ts';

/** How many characters one line of a question takes that is cut. */
const lineWidth = 90;
/** The most lines with fields of a question that is cut. */
const linesWhenCut = 20;
/** A value of more characters may reach beyond the right edge of a diff editor. */
const longValue = 150;

/** The detail of a question. */
export interface QuestionText {
  readonly text: string;
  /** Whether nothing is left out. If something is, the question must not offer to act. */
  readonly whole: boolean;
}

/** A line about one field. */
interface Line {
  readonly text: string;
  readonly rank: PowerRank;
}

/** The lines about one role. */
interface Block {
  readonly title: string;
  /** What belongs to the title and has no rank. */
  readonly notes: readonly string[];
  readonly fields: readonly Line[];
}

const indented = (line: string): string => `    ${line}`;

/** Of one role no more characters are put into words: no question has room for them, and they would hold up the window. */
const mostCharacters = 20_000;

/** The line of a field that is not put into words. */
const unwritten = indented('…');

function linesOf(diffs: RolePlan['diffs']): readonly Line[] {
  let written = 0;
  return powerRanks.flatMap((rank) =>
    diffs
      .filter((diff) => powerRank(diff) === rank)
      .map((diff) => {
        const text = written > mostCharacters ? unwritten : indented(fieldChangeWords(diff));
        written += text.length;
        return { text, rank };
      }),
  );
}

const blockOf = (plan: RolePlan): Block => ({
  title: planStatusWords(plan),
  notes: missingRolesWords(plan),
  fields: linesOf(shownDiffs(plan)),
});

const heightOf = (text: string): number =>
  text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / lineWidth)), 0);

/** Whether a dialog shows the text without scrolling. What the question above it adds is within its two lines. */
const fits = (text: string): boolean => fitsInDialog('', text);

const wholeText = (blocks: readonly Block[]): string =>
  blocks
    .flatMap(({ title, notes, fields }) => [title, ...notes, ...fields.map(({ text }) => text)])
    .join('\n');

/** The first lines that a dialog has room for, by rank, each with its role. */
function cutText(blocks: readonly Block[]): string {
  const chosen = new Set<Line>();
  let room = linesWhenCut;
  for (const rank of powerRanks)
    for (const line of blocks.flatMap(({ fields }) => fields.filter((field) => field.rank === rank))) {
      room -= heightOf(line.text);
      if (room < 0 || line.text === unwritten) break;
      chosen.add(line);
    }
  const shown = blocks.filter(({ fields }) => fields.some((line) => chosen.has(line)));
  const hidden = blocks.flatMap(({ fields }) => fields.filter((line) => !chosen.has(line)));
  const powerful = hidden.filter(({ rank }) => rank === 'power').length;
  const others = blocks.length - shown.length;
  return [
    ...shown.flatMap(({ title, fields }) => [
      title.length > 3 * lineWidth ? `${title.slice(0, 3 * lineWidth)}…` : title,
      ...fields.filter((line) => chosen.has(line)).map(({ text }) => text),
    ]),
    ...(powerful > 0 ? [l10n.t('… and {0} more fields that give power', powerful)] : []),
    ...(hidden.length > powerful ? [l10n.t('… and {0} more fields', hidden.length - powerful)] : []),
    ...(others > 0 ? [l10n.t('… and {0} more roles', others)] : []),
  ].join('\n');
}

const goingWords = (plans: readonly RolePlan[]): readonly string[] =>
  plans.some(({ status }) => status === 'removed')
    ? ['', l10n.t('Where a user still holds a role that is to go, the cluster keeps it.')]
    : [];

/**
 * The detail of the question before an Apply or Undo, as plain text.
 * @param head the lines above the changes
 * @param overwritten the stale plans that the user goes on with
 * @param tail the lines below the changes
 */
export function questionText({
  head,
  plans,
  overwritten = [],
  tail = [],
}: {
  readonly head: readonly string[];
  readonly plans: readonly RolePlan[];
  readonly overwritten?: readonly Pick<RolePlan, 'name' | 'overwritten'>[];
  readonly tail?: readonly string[];
}): QuestionText {
  const ours = (changes: string): string => [...head, '', changes, ...goingWords(plans), ...tail].join('\n');
  const blocks = plans.map(blockOf);
  const lost = overwritten.length > 0 ? `${overwrittenWords(overwritten)}\n\n` : '';
  const whole = lost + ours(wholeText(blocks));
  if (fits(whole)) return { text: whole, whole: true };
  const shortLost =
    heightOf(lost) <= 10 ? lost : `${l10n.t('This takes away what was changed on the cluster since.')}\n\n`;
  return {
    text: `${shortLost}${ours(cutText(blocks))}\n\n${l10n.t('This is not all, so nothing can be sent from here: read the differences.')}`,
    whole: false,
  };
}

/**
 * The detail of the question after the user read the differences: what they are of, what to look at, and no change that
 * is shown in part.
 */
export function afterReadingText(head: readonly string[], plans: readonly RolePlan[]): string {
  const sent = plans.filter(isSent);
  const roles = sent.map(planStatusWords).join('\n');
  const diffs = sent.flatMap(shownDiffs);
  const powerful = diffs.filter((diff) => powerRank(diff) === 'power').length;
  const long = diffs.filter(({ removed, added }) =>
    [...removed, ...added].some((value) => JSON.stringify(value).length > longValue),
  ).length;
  return [
    ...head,
    '',
    ...(heightOf(roles) <= linesWhenCut ? [roles, ''] : []),
    l10n.t('Exactly what the differences show is sent. Roles: {0}. Fields: {1}.', sent.length, diffs.length),
    ...(powerful > 0 ? [l10n.t('Fields that give power: {0}.', powerful)] : []),
    ...(long > 0
      ? [l10n.t('Fields with a long value, to be read to the end of their line: {0}.', long)]
      : []),
    ...goingWords(plans),
  ].join('\n');
}

/**
 * The changes of others that Apply would overwrite, as plain text.
 * @param plans the stale plans that the user goes on with
 */
export function overwrittenWords(plans: readonly Pick<RolePlan, 'name' | 'overwritten'>[]): string {
  return plans
    .map(({ name, overwritten }) => {
      const role = nameWords(name);
      if (!overwritten)
        return l10n.t('{0} was changed on the cluster since; what this takes away stands below.', role);
      if (overwritten.length === 0)
        return l10n.t('{0}: nothing of what was changed on the cluster since goes.', role);
      return [
        l10n.t('This takes away what was changed on the cluster since, in {0}:', role),
        ...linesOf(overwritten).map(({ text }) => text),
      ].join('\n');
    })
    .join('\n');
}
