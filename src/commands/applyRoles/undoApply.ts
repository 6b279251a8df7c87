import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forPick, forRow, forSentence, namesForMessage } from '../../access/text/sinks.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
import { confirm, showInfo, showWarning, withProgress } from '../../editor/messages.ts';
import { back, Cancelled, pickOne } from '../../editor/quickInput.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { ApplyHistory, canUndo, type ApplyRecord } from '../../roles/apply/applyHistory.ts';
import { refreshRoles } from '../../roles/role/readRole.ts';
import { planUndo, type UndoPlan } from '../../roles/apply/planUndo.ts';
import { fullDateTime, relative } from '../../text/time.ts';
import {
  isUndone,
  isFullyUndone,
  undonePage,
  undoneWords,
  undoWords,
  type UndoOutcome,
} from '../../text/roles/undoText.ts';
import {
  withRoleRights,
  clusterForMessage,
  clusterOf,
  onServer,
  diffPairOf,
} from '../manifests/roleAdmin.ts';
import { sendWithProgress } from './sendWithProgress.ts';
import type { ApplyRolesServices } from './services.ts';

type Kind<K extends UndoPlan['kind']> = Extract<UndoPlan, { readonly kind: K }>;
const are =
  <K extends UndoPlan['kind']>(kind: K) =>
  (one: UndoPlan): one is Kind<K> =>
    one.kind === kind;

/** Goes on from the differences that are shown; else asks as if nothing was shown. */
export async function undoShown(services: ApplyRolesServices): Promise<void> {
  const goOn = services.diffEditors.activeDiff('undo')?.nextStep;
  await (goOn ? goOn() : undoApply(services));
}

/** Puts back what the cluster held before an Apply. */
export async function undoApply(services: ApplyRolesServices): Promise<void> {
  await withRoleRights(services, async () => undoApplied(services, await chooseApplication(services)));
}

/** @throws Left, after saying so when there is none */
async function chooseApplication(services: ApplyRolesServices): Promise<ApplyRecord> {
  const cluster = await clusterOf(services);
  const found = await new ApplyHistory(services.files).undoable(cluster);
  if (found.length === 0) {
    const where = clusterForMessage(cluster);
    void showInfo(l10n.t('Nothing to undo: no roles were applied to {0} from this computer.', where));
    throw new Cancelled();
  }
  const now = services.clock.now();
  const choices = found.map((one) => ({
    label: one.roles
      .filter(canUndo)
      .map(({ name }) => forPick(name))
      .join(', '),
    description: l10n.t('applied {0} by {1}', relative(one.at, now), forPick(one.by)),
    detail: fullDateTime(one.at),
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
  services: ApplyRolesServices,
  application: ApplyRecord,
  course: Course = {},
): Promise<void> {
  const { cluster } = application;
  const read = await withProgress(l10n.t('Reading roles from the cluster…'), async () => ({
    cluster: await clusterOf(services),
    held: await services.tctl.roles(services.mainLogin),
  }));
  if (read.cluster !== cluster) {
    void showInfo(l10n.t('That was applied to another cluster. Sign in there first; nothing was sent.'));
    return;
  }
  const applied = application.roles.filter(canUndo);
  const seen = new Map(applied.flatMap(({ name, after }) => (after === undefined ? [] : [[name, after]])));
  const held = await refreshRoles(read.held, seen, services.tctl, services.mainLogin);
  const undoings = planUndo(application, held);
  const moved = undoings.filter(are('changedSince'));
  // What gave rights comes back before what is new goes: nobody is left without a way.
  const doable = [...undoings.filter(are('restore')), ...undoings.filter(are('remove'))];
  if (moved.length > 0 && !(course.others && doable.length > 0)) {
    const others = doable.length > 0 ? () => undoApplied(services, application, { others: true }) : undefined;
    void withRoleRights(services, () => sayMoved(services, moved, cluster, others));
    return;
  }
  if (doable.length === 0) {
    await noteUndone(
      services,
      application,
      undoings.map(({ role }) => role.name),
    );
    void showInfo(l10n.t('Nothing to undo: the cluster holds what was there before.'));
    return;
  }
  await askAndUndo(
    services,
    application,
    { plans: doable.map(({ plan }) => plan), moved: moved.map(({ role }) => role.name) },
    course,
  );
}

interface Asked {
  readonly plans: readonly RolePlan[];
  readonly moved: readonly Untrusted[];
}

async function askAndUndo(
  services: ApplyRolesServices,
  application: ApplyRecord,
  { plans, moved }: Asked,
  course: Course,
): Promise<void> {
  const { cluster } = application;
  const title = l10n.t('Undo Apply on {0}', forRow(cluster));
  const goOn = (): Promise<void> =>
    withRoleRights(services, () => undoApplied(services, application, { ...course, isShown: true }));
  if (!course.isShown) {
    const pairs = plans.map((plan) => diffPairOf(plan, cluster));
    await services.diffEditors.show(title, pairs, { purpose: 'undo', nextStep: goOn });
  }
  const answer = await confirm(
    l10n.t('Undo this Apply?'),
    [
      l10n.t('Cluster: {0}', forSentence(cluster)),
      l10n.t('Applied: {0}', fullDateTime(application.at)),
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
  const sent = await sendWithProgress(services, plans, application);
  if (!sent) return;
  services.diffEditors.removeAction(title);
  const done = sent.results.filter(isUndone).map(({ plan }) => plan.name);
  const left = await noteUndone(services, application, done);
  const again = (): Promise<void> => undoApplied(services, left, { others: moved.length > 0 });
  void withRoleRights(services, () =>
    sayUndone(services, { results: sent.results, changedSince: moved }, cluster, again),
  );
}

async function sayHowToGoOn(goOn: () => Promise<void>): Promise<void> {
  const text = l10n.t('Nothing was sent. Read the differences, then press Undo here or in their title.');
  if (await showInfo(text, { title: l10n.t('Undo…'), value: true })) await goOn();
}

/** One message for all of it; where something is left, also a document that says of each role what became of it. */
async function sayUndone(
  services: ApplyRolesServices,
  undone: UndoOutcome,
  cluster: Untrusted,
  again: () => Promise<void>,
): Promise<void> {
  const text = undoneWords(undone, clusterForMessage(cluster));
  if (isFullyUndone(undone)) {
    void showInfo(text);
    return;
  }
  const page = undonePage(undone, { cluster, at: services.clock.now() });
  const isLeft = undone.results.some((result) => !isUndone(result));
  const rest = { title: l10n.t('Try Again for the Rest'), value: true };
  const lens = { line: 0, title: rest.title, key: 'rest', press: () => withRoleRights(services, again) };
  const path = `/outcome/${l10n.t('What Became of Undo Apply')}.txt`;
  const uri = services.documents.put(path, page, '', isLeft ? [lens] : []);
  await vscode.window.showTextDocument(uri, { preview: false });
  if (await showWarning(text, ...(isLeft ? [rest] : []))) await again();
}

/** Somebody changed roles after they were applied: their change would be lost. The others can be undone. */
async function sayMoved(
  services: ApplyRolesServices,
  moved: readonly Kind<'changedSince'>[],
  cluster: Untrusted,
  others: (() => Promise<void>) | undefined,
): Promise<void> {
  const names = namesForMessage(moved.map(({ role }) => role.name));
  const changed =
    names === undefined
      ? l10n.t('Roles were changed on the cluster after they were applied ({0}).', moved.length)
      : l10n.t('Changed on the cluster after it was applied: {0}.', names);
  const answer = await showWarning<'since' | 'former' | 'others'>(
    `${changed} ${l10n.t('Nothing was undone, so that no change is lost.')}`,
    ...(moved.some(({ plan }) => plan.held)
      ? [{ title: l10n.t('What They Changed'), value: 'since' } as const]
      : []),
    ...(moved.some(({ role }) => role.before)
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
  await services.diffEditors.show(
    since ? l10n.t('Undo Apply: applied and server') : l10n.t('Undo Apply: server and former'),
    moved.map(({ role, plan, applied, server }) => ({
      name: forRow(role.name),
      before: since
        ? { label: l10n.t('as it was applied'), text: applied }
        : { label: there, text: plan.heldText },
      after: since ? { label: there, text: server } : { label: l10n.t('before'), text: plan.bytes },
    })),
  );
  await sayMoved(services, moved, cluster, others);
}

/** Notes what is undone, so that it is not offered again. */
async function noteUndone(
  services: ApplyRolesServices,
  application: ApplyRecord,
  names: readonly Untrusted[],
): Promise<ApplyRecord> {
  const done = new Set(names);
  const roles = application.roles.map((role) => (done.has(role.name) ? { ...role, undone: true } : role));
  const next = { ...application, roles };
  await new ApplyHistory(services.files).store(next);
  return next;
}
