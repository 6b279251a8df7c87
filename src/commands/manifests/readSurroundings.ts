import * as l10n from '@vscode/l10n';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { withProgress } from '../../editor/messages.ts';
import type { KnownRoles } from '../../roles/setup/answers.ts';
import { editionOf, type EditionName } from '../../roles/role/edition.ts';
import type { PlainObject } from '../../roles/role/value.ts';
import { failureOf, type Failure, type FailureKind } from '../../teleport/process/failure.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { manifestFilesIn, roleFolders, type RoleFolder } from './readManifests.ts';
import { requireLogin } from '../login/requireLogin.ts';
import type { ManifestServices } from './services.ts';

/** What is there before anything is asked. */
export interface RoleSurroundings {
  /** The cluster that tctl works on: with a leaf selected, its root. */
  readonly cluster: Untrusted;
  readonly folders: readonly RoleFolder[];
  /** The server's roles by name; undefined where they could not be read, and why. */
  readonly held: ReadonlyMap<Untrusted, StoredResource>;
  readonly unread?: Failure;
  readonly known: KnownRoles;
  /** As far as it shows. */
  readonly edition: EditionName | undefined;
}

/** Without these rights the wizard still works, with what is typed and what the workspace holds. */
const goesOn: readonly FailureKind[] = ['notPermitted', 'notFound', 'tooOld', 'actsAsService', 'locked'];

async function ifAllowed<T>(task: () => Promise<T>): Promise<T | Failure> {
  try {
    return await task();
  } catch (error) {
    const failure = failureOf(error);
    if (!failure || !goesOn.includes(failure.kind)) throw error;
    return failure;
  }
}

const isFailure = (value: object): value is Failure => 'kind' in value;

/** Reads roles and version from the cluster, as far as allowed, and the manifests of the workspace. */
export async function readSurroundings(services: ManifestServices): Promise<RoleSurroundings> {
  const { tctl, mainLogin, rights, store } = services;
  const profile = await requireLogin(services);
  const [folders, roles, status] = await withProgress(l10n.t('Reading roles…'), () =>
    Promise.all([
      roleFolders(),
      ifAllowed(() => tctl.roles(mainLogin)),
      ifAllowed(() => tctl.status(mainLogin)),
    ]),
  );
  const { cluster, version } = isFailure(status) ? {} : status;
  const list = isFailure(roles) ? [] : roles;
  const values = new Map<Untrusted, PlainObject>();
  for (const { name, document } of list) values.set(name, document as PlainObject);
  // What a person wrote down is what they want; it may not have been applied yet.
  for (const { manifest } of manifestFilesIn(folders))
    for (const { name, value } of manifest.documents) values.set(name, value);
  return {
    cluster: cluster === undefined ? profile.cluster : untrusted(cluster),
    folders,
    held: new Map(list.map((one) => [one.name, one])),
    ...(isFailure(roles) ? { unread: roles } : {}),
    known: { roles: values, complete: !isFailure(roles), version },
    edition: editionOf({
      roles: list.map(({ document }) => document as PlainObject),
      requests: store.snapshot.requests ?? [],
      reviews: rights.of('review')?.works,
      decides: rights.of('decide')?.works,
    }),
  };
}

/** Why the cluster's roles are not offered, where they are not. */
export function unreadRolesWords({ kind, program }: Failure): string {
  if (kind === 'notFound' && program === 'tctl') return l10n.t('tctl was not found, so type the names');
  return l10n.t('You may not read roles (rule "role": list, read), so type the names');
}
