import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forPick, forRow, forSentence, namesForMessage } from '../../access/text/sinks.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
import { confirm, showInfo, showWarning, withProgress } from '../../editor/messages.ts';
import { back, Cancelled, pickOne } from '../../editor/quickInput.ts';
import type { RolePlan } from '../../roles/apply/planApply.ts';
import { ApplyHistory, isLeft, type ApplyRecord } from '../../roles/apply/applyHistory.ts';
import { upToDate } from '../../roles/role/readRole.ts';
import { planUndo, type UndoPlan } from '../../roles/apply/planUndo.ts';
import { fully, relative } from '../../text/time.ts';
import {
  isUndone,
  isUndoneWhole,
  undonePage,
  undoneWords,
  undoWords,
  type Undone,
} from '../../text/roles/undoText.ts';
import {
  withRoleRights,
  clusterForMessage,
  clusterOf,
  onServer,
  diffPairOf,
} from '../manifests/roleAdmin.ts';
import { sendRoles } from './showOutcome.ts';
import type { Tools } from '../shared/services.ts';

type Kind<K extends UndoPlan['kind']> = Extract<UndoPlan, { readonly kind: K }>;
const are =
  <K extends UndoPlan['kind']>(kind: K) =>
  (one: UndoPlan): one is Kind<K> =>
    one.kind === kind;

/** Goes on from the differences that are shown; else asks as if nothing was shown. */
export async function undoShown(tools: Tools): Promise<void> {
  const goOn = tools.diffEditors.shown('undo')?.goOn;
  await (goOn ? goOn() : undoApply(tools));
}

/** Puts back what the cluster held before an Apply. */
export async function undoApply(tools: Tools): Promise<void> {
  await withRoleRights(tools, async () => undoApplied(tools, await chooseApplication(tools)));
}

/** @throws Left, after saying so when there is none */
async function chooseApplication(tools: Tools): Promise<ApplyRecord> {
  const cluster = await clusterOf(tools);
  const found = await new ApplyHistory(tools.files).of(cluster);
  if (found.length === 0) {
    const where = clusterForMessage(cluster);
    void showInfo(l10n.t('Nothing to undo: no roles were applied to {0} from this computer.', where));
    throw new Cancelled();
  }
  const now = tools.clock.now();
  const choices = found.map((one) => ({
    label: one.roles
      .filter(isLeft)
      .map(({ name }) => forPick(name))
      .join(', '),
    description: l10n.t('applied {0} by {1}', relative(one.at, now), forPick(one.by)),
    detail: fully(one.at),
    value: one,
  }));
  const placeholder = l10n.t('Which one? You see what changes before anything is sent');
  const answer = await pickOne({ title: l10n.t('Undo Apply') }, { choices, placeholder });
  if (answer === back) throw new Cancelled();
  return answer;
}

/** How an undo is gone on with. */
interface Course {
  /** The person comes from the differences. */
  readonly isShown?: boolean;
  /** Roles that somebody changed since are left alone. */
  readonly others?: boolean;
}

/** Shows all that an undo would change, asks once, does it role by role, and says at the end what came of it. */
export async function undoApplied(
  tools: Tools,
  application: ApplyRecord,
  course: Course = {},
): Promise<void> {
  const { cluster } = application;
  const read = await withProgress(l10n.t('Reading roles from the cluster…'), async () => ({
    cluster: await clusterOf(tools),
    held: await tools.tctl.roles(tools.mainLogin),
  }));
  if (read.cluster !== cluster) {
    void showInfo(l10n.t('That was applied to another cluster. Sign in there first; nothing was sent.'));
    return;
  }
  const applied = application.roles.filter(isLeft);
  const seen = new Map(applied.flatMap(({ name, after }) => (after === undefined ? [] : [[name, after]])));
  const held = await upToDate(read.held, seen, tools.tctl, tools.mainLogin);
  const undoings = planUndo(application, held);
  const moved = undoings.filter(are('moved'));
  // What gave rights comes back before what is new goes: nobody is left without a way.
  const doable = [...undoings.filter(are('restore')), ...undoings.filter(are('remove'))];
  if (moved.length > 0 && !(course.others && doable.length > 0)) {
    const others = doable.length > 0 ? () => undoApplied(tools, application, { others: true }) : undefined;
    void withRoleRights(tools, () => sayMoved(tools, moved, cluster, others));
    return;
  }
  if (doable.length === 0) {
    await noteUndone(
      tools,
      application,
      undoings.map(({ former }) => former.name),
    );
    void showInfo(l10n.t('Nothing to undo: the cluster holds what was there before.'));
    return;
  }
  await askAndUndo(
    tools,
    application,
    { plans: doable.map(({ plan }) => plan), moved: moved.map(({ former }) => former.name) },
    course,
  );
}

interface Asked {
  readonly plans: readonly RolePlan[];
  readonly moved: readonly Untrusted[];
}

async function askAndUndo(
  tools: Tools,
  application: ApplyRecord,
  { plans, moved }: Asked,
  course: Course,
): Promise<void> {
  const { cluster } = application;
  const title = l10n.t('Undo Apply on {0}', forRow(cluster));
  const goOn = (): Promise<void> =>
    withRoleRights(tools, () => undoApplied(tools, application, { ...course, isShown: true }));
  if (!course.isShown) {
    const pairs = plans.map((plan) => diffPairOf(plan, cluster));
    await tools.diffEditors.show(title, pairs, { purpose: 'undo', goOn });
  }
  const answer = await confirm(
    l10n.t('Undo this Apply?'),
    [
      l10n.t('Cluster: {0}', forSentence(cluster)),
      l10n.t('Applied: {0}', fully(application.at)),
      '',
      undoWords(plans, moved),
      '',
      l10n.t('The files in the workspace stay as they are.'),
    ].join('\n'),
    { title: l10n.t('Read the Differences'), value: 'read' },
    { title: l10n.t('Undo'), value: 'undo' },
  );
  if (answer === 'read') void sayHowToGoOn(goOn);
  if (answer !== 'undo') return;
  const sent = await sendRoles(tools, plans, application);
  if (!sent) return;
  tools.diffEditors.done(title);
  const done = sent.results.filter(isUndone).map(({ plan }) => plan.name);
  const left = await noteUndone(tools, application, done);
  const again = (): Promise<void> => undoApplied(tools, left, { others: moved.length > 0 });
  void withRoleRights(tools, () => sayUndone(tools, { results: sent.results, moved }, cluster, again));
}

async function sayHowToGoOn(goOn: () => Promise<void>): Promise<void> {
  const text = l10n.t('Nothing was sent. Read the differences, then press Undo here or in their title.');
  if (await showInfo(text, { title: l10n.t('Undo…'), value: true })) await goOn();
}

/** One message for all of it; where something is left, also a document that says of each role what became of it. */
async function sayUndone(
  tools: Tools,
  undone: Undone,
  cluster: Untrusted,
  again: () => Promise<void>,
): Promise<void> {
  const text = undoneWords(undone, clusterForMessage(cluster));
  if (isUndoneWhole(undone)) {
    void showInfo(text);
    return;
  }
  const page = undonePage(undone, { cluster, at: tools.clock.now() });
  const isLeft = undone.results.some((result) => !isUndone(result));
  const rest = { title: l10n.t('Try Again for the Rest'), value: true };
  const lens = { line: 0, title: rest.title, about: 'rest', press: () => withRoleRights(tools, again) };
  const path = `/outcome/${l10n.t('What Became of Undo Apply')}.txt`;
  const uri = tools.documents.put(path, page, '', isLeft ? [lens] : []);
  await vscode.window.showTextDocument(uri, { preview: false });
  if (await showWarning(text, ...(isLeft ? [rest] : []))) await again();
}

/** Somebody changed roles after they were applied: their change would be lost. The others can be undone. */
async function sayMoved(
  tools: Tools,
  moved: readonly Kind<'moved'>[],
  cluster: Untrusted,
  others: (() => Promise<void>) | undefined,
): Promise<void> {
  const names = namesForMessage(moved.map(({ former }) => former.name));
  const changed =
    names === undefined
      ? l10n.t('Roles were changed on the cluster after they were applied ({0}).', moved.length)
      : l10n.t('Changed on the cluster after it was applied: {0}.', names);
  const answer = await showWarning<'since' | 'former' | 'others'>(
    `${changed} ${l10n.t('Nothing was undone, so that no change is lost.')}`,
    ...(moved.some(({ plan }) => plan.held)
      ? [{ title: l10n.t('What They Changed'), value: 'since' } as const]
      : []),
    ...(moved.some(({ former }) => former.before)
      ? [{ title: l10n.t('Theirs and Former'), value: 'former' } as const]
      : []),
    ...(others ? [{ title: l10n.t('Undo the Others…'), value: 'others' } as const] : []),
  );
  if (answer === undefined) return;
  if (answer === 'others') {
    await others?.();
    return;
  }
  const there = onServer(cluster);
  const since = answer === 'since';
  await tools.diffEditors.show(
    since ? l10n.t('Undo Apply: applied and server') : l10n.t('Undo Apply: server and former'),
    moved.map(({ former, plan, applied, server }) => ({
      name: forRow(former.name),
      before: since ? { as: l10n.t('as it was applied'), text: applied } : { as: there, text: plan.heldText },
      after: since ? { as: there, text: server } : { as: l10n.t('before'), text: plan.bytes },
    })),
  );
  await sayMoved(tools, moved, cluster, others);
}

/** Notes what is undone, so that it is not offered again. */
async function noteUndone(
  tools: Tools,
  application: ApplyRecord,
  names: readonly Untrusted[],
): Promise<ApplyRecord> {
  const done = new Set(names);
  const roles = application.roles.map((role) => (done.has(role.name) ? { ...role, undone: true } : role));
  const next = { ...application, roles };
  await new ApplyHistory(tools.files).keep(next);
  return next;
}
