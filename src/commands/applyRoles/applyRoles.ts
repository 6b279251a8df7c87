import * as l10n from '@vscode/l10n';
import type { Uri } from 'vscode';
import { forRow, forSentence } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { confirm, showInfo, withProgress } from '../../editor/messages.ts';
import {
  planRoles,
  readSources,
  firstChangedSource,
  type ApplyRefusal,
  type ManifestSource,
} from '../../roles/apply/planApply.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
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
import { undoRecord } from './undoApply.ts';

/** The plans of an Apply, with the texts and the cluster that they were computed from. */
interface PreparedApply {
  readonly files: readonly Uri[];
  readonly sources: readonly ManifestSource[];
  readonly cluster: Untrusted;
  readonly plans: readonly RolePlan[];
  readonly accepted: AcceptedOverwrites;
}

/** The overwrite of a stale role. The server's version becomes the base, and the listed changes are lost. */
interface AcceptedOverwrite {
  readonly base: BaseVersion;
  readonly overwrite?: Overwrite;
}

/** Stale roles that the user decided to overwrite, by name. */
type AcceptedOverwrites = ReadonlyMap<Untrusted, AcceptedOverwrite>;

/** Continues the Apply of the diff in the active editor. Without such a diff, starts a new Apply. */
export async function applyFromDiff(services: ApplyRolesServices): Promise<void> {
  const nextStep = services.diffEditors.activeDiff('apply')?.nextStep;
  await (nextStep ? nextStep() : applyRoles(services));
}

/**
 * Applies manifests of the workspace. It shows the changes and asks, then sends role by role and reads each
 * role back.
 * @param files the manifests, if they are chosen already, for example by Set Up Roles
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

/**
 * Plans the Apply, shows the diff and asks for confirmation.
 * @param accepted the stale roles to overwrite
 * @param shown the Apply whose diff the user has seen; an equal diff is not shown again
 */
async function prepareAndAsk(
  services: ApplyRolesServices,
  files: readonly Uri[],
  {
    accepted = new Map(),
    shown,
  }: { readonly accepted?: AcceptedOverwrites; readonly shown?: PreparedApply } = {},
): Promise<void> {
  const prepared = await prepare(services, files, accepted);
  if (!prepared) return;
  const stale = prepared.plans.find(({ status }) => status === 'stale');
  if (stale) {
    const withStale = new Map([...accepted, [stale.name, acceptedOverwrite(stale)]]);
    const overwrite = (): Promise<void> => prepareAndAsk(services, files, { accepted: withStale });
    void withRoleRights(services, () => showStale(services, stale, prepared.cluster, overwrite));
    return;
  }
  const plansToSend = prepared.plans.filter(isSent);
  if (!shown || !isSameApply(shown, prepared)) await showDiff(services, prepared);
  if (plansToSend.length === 0) {
    void showInfo(nothingToApplyWords(prepared));
    return;
  }
  await confirmApply(services, prepared);
}

/** Accepts the server's version of a stale role as the base for this Apply, so that the role can be sent. */
function acceptedOverwrite({
  name,
  held: serverRole,
  manifestRevision,
  overwritten: diffs,
}: RolePlan): AcceptedOverwrite {
  const instead = manifestRevision === undefined ? {} : { instead: manifestRevision };
  const base = {
    revision: serverRole?.revision ?? '',
    document: serverRole?.document ?? {},
    ...instead,
  };
  // A role that is no longer on the server has no changes to lose.
  return serverRole ? { base, overwrite: { name, diffs } } : { base };
}

/**
 * Reads the files and the cluster, and plans each role.
 * @returns undefined after a message if the files are refused
 */
async function prepare(
  services: ApplyRolesServices,
  files: readonly Uri[],
  accepted: AcceptedOverwrites,
): Promise<PreparedApply | undefined> {
  const { tctl, mainLogin } = services;
  const sources = await sourcesOf(files);
  const earlyRefusal = refusalBeforeReading(sources);
  if (earlyRefusal) {
    void withRoleRights(services, () => showRefusal(earlyRefusal));
    return undefined;
  }
  const { cluster, listed } = await withProgress(l10n.t('Reading roles from the cluster…'), async () => ({
    cluster: await clusterOf(services),
    listed: await tctl.roles(mainLogin),
  }));
  const roles = readSources(sources, listed);
  if ('kind' in roles) {
    void withRoleRights(services, () => showRefusal(roles));
    return undefined;
  }
  const baseVersions = new BaseVersions(services.files);
  const bases = new Map(
    await Promise.all(
      roles.map(async ({ document: { name } }) => {
        const base = accepted.get(name)?.base ?? (await baseVersions.find(cluster, name));
        return [name, base] as const;
      }),
    ),
  );
  const seenRevisions = new Map(
    [...bases].flatMap(([name, base]) => (base ? [[name, base.revision] as const] : [])),
  );
  const serverRoles = await refreshRoles(listed, seenRevisions, tctl, mainLogin);
  const plans = planRoles(roles, serverRoles, (name) => bases.get(name));
  return { files, sources, cluster, plans, accepted };
}

/** Finds a refusal before reading the server. An unknown field is left out: the server's role may have it. */
function refusalBeforeReading(sources: readonly ManifestSource[]): ApplyRefusal | undefined {
  const result = readSources(sources, []);
  if (!('kind' in result)) return undefined;
  return result.kind === 'problem' && result.problem.code === 'unknownField' ? undefined : result;
}

const isSent = ({ status }: RolePlan): boolean => status === 'new' || status === 'changed';

/** Whether two Applies show the same diff. */
const isSameApply = (prepared: PreparedApply, other: PreparedApply): boolean => {
  const fingerprint = ({ plans }: PreparedApply): string =>
    JSON.stringify(plans.map(({ status, bytes, heldText }) => [status, bytes, heldText]));
  return prepared.cluster === other.cluster && fingerprint(prepared) === fingerprint(other);
};

const titleOf = (cluster: Untrusted): string => l10n.t('Apply Roles to {0}', forRow(cluster));

/** Opens the diff of the roles that are sent and of those that another program owns. */
async function showDiff(services: ApplyRolesServices, prepared: PreparedApply): Promise<void> {
  const { plans, cluster, files, accepted } = prepared;
  const pairs = plans
    .filter((plan) => isSent(plan) || plan.status === 'ownedElsewhere')
    .map((plan) => diffPairOf(plan, cluster));
  if (pairs.length === 0) return;
  const nextStep = (): Promise<void> =>
    withRoleRights(services, () => prepareAndAsk(services, files, { accepted, shown: prepared }));
  const title = titleOf(cluster);
  await services.diffEditors.show(
    title,
    pairs,
    plans.some(isSent) ? { purpose: 'apply', files, nextStep } : undefined,
  );
}

function nothingToApplyWords({ plans, cluster }: PreparedApply): string {
  const clusterName = clusterForMessage(cluster);
  return plans.some(({ status }) => status === 'ownedElsewhere')
    ? l10n.t(
        'Nothing to apply: what differs on {0} is kept by another program, such as Terraform. Change it there.',
        clusterName,
      )
    : l10n.t('Nothing to apply: {0} holds these roles as they are in the files.', clusterName);
}

/** Asks for confirmation. Enter lets the user read the diff and never applies. */
async function confirmApply(services: ApplyRolesServices, prepared: PreparedApply): Promise<void> {
  const { files, plans, cluster, accepted } = prepared;
  const overwrites = [...accepted.values()].flatMap(({ overwrite }) => overwrite ?? []);
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
    const applyButton = { title: l10n.t('Apply…'), value: true };
    if (await showInfo(text, applyButton))
      await prepareAndAsk(services, files, { accepted, shown: prepared });
  });
}

/** Sends the plans, unless a file or the cluster changed since the user was asked. */
async function apply(services: ApplyRolesServices, prepared: PreparedApply): Promise<void> {
  const { files, sources, cluster, plans } = prepared;
  const retry = (): Promise<void> => prepareAndAsk(services, files);
  const changedSource = firstChangedSource(sources, await sourcesOf(files));
  if (changedSource) {
    const text = l10n.t(
      '{0} has changed since you were asked. Nothing was sent; please look again.',
      fileForMessage(changedSource.file),
    );
    void withRoleRights(services, () => showLookAgain(text, retry));
    return;
  }
  if ((await clusterOf(services)) !== cluster) {
    const text = l10n.t('Your login is now at another cluster. Nothing was sent; please look again.');
    void withRoleRights(services, () => showLookAgain(text, retry));
    return;
  }
  const { user } = await requireLogin(services);
  const history = new ApplyHistory(services.files);
  const record = history.begin(cluster, user, services.clock.now());
  const sent = await sendWithProgress(services, plans.filter(isSent), record, history);
  if (!sent) return;
  services.diffEditors.removeAction(titleOf(cluster));
  const undo = (sentRecord: ApplyRecord): Promise<void> => undoRecord(services, sentRecord);
  void withRoleRights(services, () => showOutcome(services, sent, { retry, undo }));
}
