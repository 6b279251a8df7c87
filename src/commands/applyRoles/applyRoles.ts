import * as l10n from '@vscode/l10n';
import type { Uri } from 'vscode';
import { forRow, forSentence } from '../../access/text/sinks.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
import { confirm, showInfo, withProgress } from '../../editor/messages.ts';
import {
  planRoles,
  readSources,
  firstChangedSource,
  documentOf,
  type ApplyRefusal,
  type ManifestSource,
} from '../../roles/apply/planApply.ts';
import { type RolePlan } from '../../roles/apply/rolePlan.ts';
import { BaseVersions, type BaseVersion } from '../../roles/apply/baseVersions.ts';
import { ApplyHistory, type ApplyRecord } from '../../roles/apply/applyHistory.ts';
import { refreshRoles } from '../../roles/role/readRole.ts';
import { plansWords, overwrittenWords, type Overwrite } from '../../text/roles/applyText.ts';
import {
  withRoleRights,
  clusterForMessage,
  clusterOf,
  diffPairOf,
  showLookAgain,
} from '../manifests/roleAdmin.ts';
import { showRefusal, showStale } from './showRefusal.ts';
import { sendWithProgress } from './sendWithProgress.ts';
import { showOutcome } from './showOutcome.ts';
import { requireTrust } from '../shared/requireTrust.ts';
import { chooseManifests, fileForMessage, sourcesOf } from '../manifests/chooseManifests.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { ApplyRolesServices } from './services.ts';
import { undoApplied } from './undoApply.ts';

/** What is to be applied, as it was read. */
interface Prepared {
  readonly files: readonly Uri[];
  readonly sources: readonly ManifestSource[];
  readonly cluster: Untrusted;
  readonly plans: readonly RolePlan[];
  readonly seen: Seen;
}

/** Stale roles that are to be overwritten all the same, by name: the version that is, and what of it goes. */
type Seen = ReadonlyMap<Untrusted, { readonly base: BaseVersion; readonly overwrite?: Overwrite }>;

/** Goes on from the differences that are shown; else asks as if nothing was shown. */
export async function applyShown(services: ApplyRolesServices): Promise<void> {
  const goOn = services.diffEditors.activeDiff('apply')?.nextStep;
  await (goOn ? goOn() : applyRoles(services));
}

/**
 * Applies manifests of the workspace: what changes is shown and asked, then sent role by role and read back.
 * @param files chosen already, by the wizard for one
 */
export async function applyRoles(services: ApplyRolesServices, files?: readonly Uri[]): Promise<void> {
  await requireTrust(
    l10n.t(
      'Role manifests of a folder that is not trusted are not applied. Nothing was sent; trust this folder first.',
    ),
  );
  const shown = services.diffEditors.activeDiff('apply')?.files;
  const chosen = files ?? (await chooseManifests(l10n.t('Apply Roles'), shown));
  await withRoleRights(services, () => prepareAndAsk(services, chosen));
}

/** @param shown what the person has read the differences of */
async function prepareAndAsk(
  services: ApplyRolesServices,
  files: readonly Uri[],
  { seen = new Map(), shown }: { readonly seen?: Seen; readonly shown?: Prepared } = {},
): Promise<void> {
  const prepared = await prepare(services, files, seen);
  if (!prepared) return;
  const stale = prepared.plans.find(({ status }) => status === 'stale');
  if (stale) {
    const overwriting = new Map([...seen, [stale.name, overwritten(stale)]]);
    const overwrite = (): Promise<void> => prepareAndAsk(services, files, { seen: overwriting });
    void withRoleRights(services, () => showStale(services, stale, prepared.cluster, overwrite));
    return;
  }
  const sent = prepared.plans.filter(isSent);
  if (!shown || !isTheSame(shown, prepared)) await showDifferences(services, prepared);
  if (sent.length === 0) {
    void showInfo(nothingWords(prepared));
    return;
  }
  await ask(services, prepared);
}

/** From this version on it is not stale; it holds for this once. */
function overwritten({
  name,
  held,
  manifestRevision,
  overwritten: diffs,
}: RolePlan): NonNullable<ReturnType<Seen['get']>> {
  const instead = manifestRevision === undefined ? {} : { instead: manifestRevision };
  const base = { revision: held?.revision ?? '', document: held ? documentOf(held) : {}, ...instead };
  // Of a role that is gone nothing is taken away.
  return held ? { base, overwrite: { name, diffs } } : { base };
}

async function prepare(
  services: ApplyRolesServices,
  files: readonly Uri[],
  accepted: Seen,
): Promise<Prepared | undefined> {
  const { tctl, mainLogin } = services;
  const sources = await sourcesOf(files);
  const early = refusalWithout(sources);
  if (early) {
    void withRoleRights(services, () => showRefusal(early));
    return undefined;
  }
  const read = await withProgress(l10n.t('Reading roles from the cluster…'), async () => {
    const cluster = await clusterOf(services);
    return { cluster, held: await tctl.roles(mainLogin) };
  });
  const { cluster, held } = read;
  const wanted = readSources(sources, held);
  if ('kind' in wanted) {
    void withRoleRights(services, () => showRefusal(wanted));
    return undefined;
  }
  const bases = new BaseVersions(services.files);
  const known = new Map(
    await Promise.all(
      wanted.map(async ({ document: { name } }) => {
        const base = accepted.get(name)?.base ?? (await bases.find(cluster, name));
        return [name, base] as const;
      }),
    ),
  );
  const seen = new Map([...known].flatMap(([name, base]) => (base ? [[name, base.revision] as const] : [])));
  const now = await refreshRoles(held, seen, tctl, mainLogin);
  const plans = planRoles(wanted, now, (name) => known.get(name));
  return { files, sources, cluster, plans, seen: accepted };
}

/** What no answer of the server would make right. */
function refusalWithout(sources: readonly ManifestSource[]): ApplyRefusal | undefined {
  const read = readSources(sources, []);
  if (!('kind' in read)) return undefined;
  return read.kind === 'problem' && read.problem.code === 'unknownField' ? undefined : read;
}

const isSent = ({ status }: RolePlan): boolean => status === 'new' || status === 'changed';

const isTheSame = (one: Prepared, other: Prepared): boolean => {
  const text = ({ plans }: Prepared): string =>
    JSON.stringify(plans.map(({ status, bytes, heldText }) => [status, bytes, heldText]));
  return one.cluster === other.cluster && text(one) === text(other);
};

const titleOf = (cluster: Untrusted): string => l10n.t('Apply Roles to {0}', forRow(cluster));

async function showDifferences(services: ApplyRolesServices, prepared: Prepared): Promise<void> {
  const { plans, cluster, files } = prepared;
  const pairs = plans
    .filter((plan) => isSent(plan) || plan.status === 'ownedElsewhere')
    .map((plan) => diffPairOf(plan, cluster));
  if (pairs.length === 0) return;
  const { seen } = prepared;
  const goOn = (): Promise<void> =>
    withRoleRights(services, () => prepareAndAsk(services, files, { seen, shown: prepared }));
  const title = titleOf(cluster);
  await services.diffEditors.show(
    title,
    pairs,
    plans.some(isSent) ? { purpose: 'apply', files, nextStep: goOn } : undefined,
  );
}

function nothingWords({ plans, cluster }: Prepared): string {
  const where = clusterForMessage(cluster);
  return plans.some(({ status }) => status === 'ownedElsewhere')
    ? l10n.t(
        'Nothing to apply: what differs on {0} is kept by another program, such as Terraform. Change it there.',
        where,
      )
    : l10n.t('Nothing to apply: {0} holds these roles as they are in the files.', where);
}

/** Enter reads the differences; it never applies. */
async function ask(services: ApplyRolesServices, prepared: Prepared): Promise<void> {
  const { files, plans, cluster, seen } = prepared;
  const overwrites = [...seen.values()].flatMap(({ overwrite }) => overwrite ?? []);
  const answer = await confirm(
    l10n.t('Apply these roles?'),
    [
      ...(overwrites.length > 0 ? [overwrittenWords(overwrites), ''] : []),
      l10n.t('Cluster: {0}', forSentence(cluster)),
      '',
      plansWords(plans),
    ].join('\n'),
    { title: l10n.t('Read the Differences'), value: 'read' },
    { title: l10n.t('Apply'), value: 'apply' },
  );
  if (answer === 'apply') await apply(services, prepared);
  if (answer !== 'read') return;
  const text = l10n.t('Nothing was sent. Read the differences, then press Apply here or in their title.');
  void withRoleRights(services, async () => {
    const goOn = { title: l10n.t('Apply…'), value: true };
    if (await showInfo(text, goOn)) await prepareAndAsk(services, files, { seen, shown: prepared });
  });
}

async function apply(services: ApplyRolesServices, prepared: Prepared): Promise<void> {
  const { files, sources, cluster, plans } = prepared;
  const again = (): Promise<void> => prepareAndAsk(services, files);
  const changed = firstChangedSource(sources, await sourcesOf(files));
  if (changed) {
    const text = l10n.t(
      '{0} has changed since you were asked. Nothing was sent; please look again.',
      fileForMessage(changed.file),
    );
    void withRoleRights(services, () => showLookAgain(text, again));
    return;
  }
  if ((await clusterOf(services)) !== cluster) {
    const text = l10n.t('Your login is now at another cluster. Nothing was sent; please look again.');
    void withRoleRights(services, () => showLookAgain(text, again));
    return;
  }
  const { user } = await requireLogin(services);
  const applications = new ApplyHistory(services.files);
  const begun = applications.begin(cluster, user, services.clock.now());
  const sent = await sendWithProgress(services, plans.filter(isSent), begun, applications);
  if (!sent) return;
  services.diffEditors.removeAction(titleOf(cluster));
  const undo = (application: ApplyRecord): Promise<void> => undoApplied(services, application);
  void withRoleRights(services, () => showOutcome(services, sent, { again, undo }));
}
