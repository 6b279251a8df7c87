import * as l10n from '@vscode/l10n';
import { forModal, forPick, forRow, forSentence } from '../access/inert.ts';
import type { Foreign } from '../access/text.ts';
import { confirm, tell, warn, whileDoing } from '../editor/messages.ts';
import { back, Left, pickOne } from '../editor/steps.ts';
import { Applications, isLeft, withRole, type Application, type Former } from '../roles/former.ts';
import { upToDate } from '../roles/reading.ts';
import { isWritten } from '../roles/sending.ts';
import { planUndo, type Undoing } from '../roles/undoing.ts';
import { plansWords } from '../words/applying.ts';
import { fully, relative } from '../words/time.ts';
import {
  administering,
  clusterForMessage,
  clusterOf,
  onServer,
  pairOf,
  roleForMessage,
} from './administering.ts';
import { sayOutcome, sendRoles } from './applyOutcome.ts';
import type { Tools } from './tools.ts';

type Kind<K extends Undoing['kind']> = Extract<Undoing, { readonly kind: K }>;
const are =
  <K extends Undoing['kind']>(kind: K) =>
  (one: Undoing): one is Kind<K> =>
    one.kind === kind;

/** Puts back what the cluster held before an Apply. Pressed on differences that are shown for it, goes on with them. */
export async function undoApply(tools: Tools): Promise<void> {
  const goOn = tools.differences.goOn('undo');
  if (goOn) {
    await goOn();
    return;
  }
  await administering(tools, async () => undoApplication(tools, await chooseApplication(tools)));
}

/** @throws Left, after saying so when there is none */
async function chooseApplication(tools: Tools): Promise<Application> {
  const cluster = await clusterOf(tools);
  const found = await new Applications(tools.files).of(cluster);
  if (found.length === 0) {
    const where = clusterForMessage(cluster);
    void tell(l10n.t('Nothing to undo: no roles were applied to {0} from this computer.', where));
    throw new Left();
  }
  const now = tools.clock.now();
  const choices = found.map((one) => ({
    label: one.roles
      .filter(isLeft)
      .map(({ name }) => forPick(name))
      .join(', '),
    description: l10n.t('applied {0} by {1}', relative(one.at, now), forPick(one.by)),
    detail: fully(one.at),
    means: one,
  }));
  const placeholder = l10n.t('Which one? You see what changes before anything is sent');
  const answer = await pickOne({ title: l10n.t('Undo Apply') }, { choices, placeholder });
  if (answer === back) throw new Left();
  return answer;
}

/**
 * Shows what an undo would change, asks, writes the former versions and reads them back; then asks for each role that
 * was made whether it goes.
 * @param isShown whether the person comes from the differences
 */
export async function undoApplication(
  tools: Tools,
  application: Application,
  isShown = false,
): Promise<void> {
  const { cluster } = application;
  const read = await whileDoing(l10n.t('Reading roles from the cluster…'), async () => ({
    cluster: await clusterOf(tools),
    held: await tools.tctl.roles(tools.everyday),
  }));
  if (read.cluster !== cluster) {
    void tell(l10n.t('That was applied to another cluster. Sign in there first; nothing was sent.'));
    return;
  }
  const applied = application.roles.filter(isLeft);
  const seen = new Map(applied.flatMap(({ name, after }) => (after === undefined ? [] : [[name, after]])));
  const held = await upToDate(read.held, seen, tools.tctl, tools.everyday);
  const plans = planUndo(application, held);
  const moved = plans.find(are('moved'));
  if (moved) {
    void administering(tools, () => sayMoved(tools, moved, cluster));
    return;
  }
  const restored = plans.filter(are('restore'));
  const removed = plans.filter(are('remove'));
  if (restored.length + removed.length === 0) {
    await noteUndone(
      tools,
      application,
      plans.map(({ former }) => former),
    );
    void tell(l10n.t('Nothing to undo: the cluster holds what was there before.'));
    return;
  }
  const left = restored.length === 0 ? application : await restore(tools, application, restored, isShown);
  if (left) await removeRoles(tools, left, removed);
}

/** @returns the application without what is undone; undefined when it does not go on */
async function restore(
  tools: Tools,
  application: Application,
  undoings: readonly Kind<'restore'>[],
  isShown: boolean,
): Promise<Application | undefined> {
  const { cluster } = application;
  const plans = undoings.map(({ plan }) => plan);
  const title = l10n.t('Undo Apply on {0}', forRow(cluster));
  const goOn = (): Promise<void> => administering(tools, () => undoApplication(tools, application, true));
  if (!isShown) {
    const pairs = plans.map((plan) => pairOf(plan, cluster));
    await tools.differences.show(title, pairs, { purpose: 'undo', goOn });
  }
  const answer = await confirm(
    l10n.t('Undo this Apply?'),
    [
      l10n.t('Cluster: {0}', forSentence(cluster)),
      l10n.t('Applied: {0}', fully(application.at)),
      '',
      plansWords(plans),
      '',
      l10n.t('The files in the workspace stay as they are.'),
    ].join('\n'),
    { title: l10n.t('Read the Differences'), means: 'read' },
    { title: l10n.t('Undo'), means: 'undo' },
  );
  if (answer === 'read') void sayHowToGoOn(goOn);
  if (answer !== 'undo') return undefined;
  const sent = await sendRoles(tools, plans, application);
  if (!sent) return undefined;
  tools.differences.done(title);
  const written = new Set(sent.results.filter(isWritten).map(({ plan }) => plan.name));
  const formers = undoings.map(({ former }) => former).filter(({ name }) => written.has(name));
  const left = await noteUndone(tools, application, formers);
  if (sent.results.every(({ kind }) => kind === 'applied')) {
    void tell(
      l10n.t(
        'Undone: {0} holds what it held before. Files in the workspace stay as they are.',
        clusterForMessage(cluster),
      ),
    );
    return left;
  }
  const again = (): Promise<void> => undoApplication(tools, left);
  void administering(tools, () => sayOutcome(tools, sent, { again }));
  return undefined;
}

async function sayHowToGoOn(goOn: () => Promise<void>): Promise<void> {
  const text = l10n.t('Nothing was sent. Read the differences, then press Undo here or in their title.');
  if (await tell(text, { title: l10n.t('Undo…'), means: true })) await goOn();
}

/** Roles that the Apply made: each goes after a question of its own. */
async function removeRoles(
  tools: Tools,
  application: Application,
  undoings: readonly Kind<'remove'>[],
): Promise<void> {
  const { tctl, everyday } = tools;
  const { cluster } = application;
  let left = application;
  for (const { former, revision } of undoings) {
    const { name } = former;
    if (!(await isToGo(name, cluster))) return;
    const title = l10n.t('Removing the role…');
    await whileDoing(title, () => tctl.removeRole(everyday, name, revision));
    left = await noteUndone(tools, left, [former]);
    const [role, where] = [roleForMessage(name), clusterForMessage(cluster)];
    void tell(
      l10n.t('Undone: {0} is removed from {1}. Files in the workspace stay as they are.', role, where),
    );
  }
}

async function isToGo(name: Foreign, cluster: Foreign): Promise<boolean> {
  const answer = await confirm(
    l10n.t('Remove this role from the cluster?'),
    [
      l10n.t('Role: {0}', forModal(name)),
      l10n.t('Cluster: {0}', forSentence(cluster)),
      '',
      l10n.t(
        'It was made by this Apply, so undoing removes it. Where a user still holds it the cluster refuses. The file in the workspace stays as it is.',
      ),
    ].join('\n'),
    { title: l10n.t('Keep Role'), means: false },
    { title: l10n.t('Remove Role'), means: true },
  );
  return answer === true;
}

/** Somebody changed the role after it was applied: their change would be lost. */
async function sayMoved(tools: Tools, undoing: Kind<'moved'>, cluster: Foreign): Promise<void> {
  const { former, plan, applied, server } = undoing;
  const { name, before } = former;
  const { differences } = tools;
  const answer = await warn<'since' | 'former'>(
    l10n.t(
      '{0} was changed on the cluster after it was applied. Nothing was undone, so that no change is lost.',
      roleForMessage(name),
    ),
    ...(plan.held ? [{ title: l10n.t('Applied and Server'), means: 'since' } as const] : []),
    ...(before ? [{ title: l10n.t('Server and Former'), means: 'former' } as const] : []),
  );
  if (answer === undefined) return;
  const role = forRow(name);
  const there = onServer(cluster);
  if (answer === 'since')
    await differences.show(l10n.t('{0}: applied and server', role), [
      {
        name: role,
        before: { as: l10n.t('as it was applied'), text: applied },
        after: { as: there, text: server },
      },
    ]);
  else
    await differences.show(l10n.t('{0}: server and former', role), [
      {
        name: role,
        before: { as: there, text: plan.heldText },
        after: { as: l10n.t('before'), text: plan.bytes },
      },
    ]);
  await sayMoved(tools, undoing, cluster);
}

/** Notes what is undone, so that it is not offered again. */
async function noteUndone(
  tools: Tools,
  application: Application,
  formers: readonly Former[],
): Promise<Application> {
  const next = formers.reduce((all, former) => withRole(all, { ...former, undone: true }), application);
  await new Applications(tools.files).keep(next);
  return next;
}
