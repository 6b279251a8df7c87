import * as l10n from '@vscode/l10n';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { withProgress } from '../../editor/messages.ts';
import type { KnownRoles } from '../../roles/setup/answers.ts';
import { editionOf, type EditionName } from '../../roles/role/edition.ts';
import type { PlainObject } from '../../roles/role/value.ts';
import { failureOf, type Failure, type FailureKind } from '../../teleport/process/failure.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { manifestFilesIn, readRoleFolders, type RoleFolder } from './readManifests.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { ManifestServices } from './services.ts';

/** The roles, the manifests and the edition that are known before the user is asked. */
export interface RoleSurroundings {
  /** The cluster that tctl works on. If the user selected a leaf cluster, this is its root cluster. */
  readonly cluster: Untrusted;
  readonly folders: readonly RoleFolder[];
  /** The server's roles by name; empty if they could not be read. */
  readonly serverRoles: ReadonlyMap<Untrusted, StoredResource>;
  /** Why the server's roles could not be read. */
  readonly rolesFailure?: Failure;
  readonly known: KnownRoles;
  /** Undefined if the cluster does not show its edition. */
  readonly edition: EditionName | undefined;
}

/** With these failures the wizard still works, with typed names and the manifests of the workspace. */
const toleratedFailures: readonly FailureKind[] = [
  'notPermitted',
  'notFound',
  'tooOld',
  'actsAsService',
  'locked',
];

/** Runs a task. @returns its result, or a tolerated failure. @throws any other error */
async function resultOrFailure<T>(task: () => Promise<T>): Promise<T | Failure> {
  try {
    return await task();
  } catch (error) {
    const failure = failureOf(error);
    if (!failure || !toleratedFailures.includes(failure.kind)) throw error;
    return failure;
  }
}

const isFailure = (value: object): value is Failure => 'kind' in value;

/**
 * Reads the cluster's roles and version, as far as the user may, and the manifests of the workspace.
 * @throws TeleportFailure for a failure that keeps the wizard from working, such as an expired login
 */
export async function readSurroundings(services: ManifestServices): Promise<RoleSurroundings> {
  const { tctl, mainLogin, rights, store } = services;
  const profile = await requireLogin(services);
  const [folders, roles, status] = await withProgress(l10n.t('Reading roles…'), () =>
    Promise.all([
      readRoleFolders(),
      resultOrFailure(() => tctl.roles(mainLogin)),
      resultOrFailure(() => tctl.status(mainLogin)),
    ]),
  );
  const { cluster, version } = isFailure(status) ? {} : status;
  const serverRoles = isFailure(roles) ? [] : roles;
  const values = new Map<Untrusted, PlainObject>();
  for (const { name, document } of serverRoles) values.set(name, document);
  // A manifest states what the team wants, even before it is applied, so it replaces the server's role.
  for (const { manifest } of manifestFilesIn(folders))
    for (const { name, value } of manifest.documents) values.set(name, value);
  return {
    cluster: cluster === undefined ? profile.cluster : untrusted(cluster),
    folders,
    serverRoles: new Map(serverRoles.map((role) => [role.name, role])),
    ...(isFailure(roles) ? { rolesFailure: roles } : {}),
    known: { roles: values, complete: !isFailure(roles), version },
    edition: editionOf({
      roles: serverRoles.map(({ document }) => document),
      requests: store.snapshot.requests ?? [],
      reviews: rights.of('review')?.works,
      decides: rights.of('decide')?.works,
    }),
  };
}

/** Explains why the cluster's roles are not offered. */
export function unreadRolesWords({ kind, program }: Failure): string {
  if (kind === 'notFound' && program === 'tctl') return l10n.t('tctl was not found, so type the names');
  return l10n.t('You may not read roles (rule "role": list, read), so type the names');
}
