import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage, forPick } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { writeFiles } from '../../editor/documents/workspaceEdits.ts';
import { showError, showWarning, withProgress } from '../../editor/messages.ts';
import { Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { rememberBase } from '../../roles/apply/baseVersions.ts';
import { fileNameFor } from '../../roles/manifest/manifestFileName.ts';
import { parseManifest } from '../../roles/manifest/parseManifest.ts';
import { readRole } from '../../roles/role/readRole.ts';
import type { Path } from '../../roles/role/value.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { clusterOf } from './roleAdmin.ts';
import { fetchedText } from './fetchedText.ts';
import { linkWords } from './findManifests.ts';
import {
  manifestFilesIn,
  chooseFolderForNew,
  locationsOfRole,
  readRoleFolders,
  showAt,
  type RoleLocation,
  type RoleFolder,
} from './readManifests.ts';
import { choosableRoles, roleChoice, typedRoleChoice } from './roleChoices.ts';
import { readSurroundings, unreadRolesWords } from './readSurroundings.ts';
import type { ManifestServices } from './services.ts';

const title = (): string => l10n.t('Open Role Manifest');

/** Asks for a role and opens its manifest. */
export async function openAnyManifest(services: ManifestServices): Promise<void> {
  const { known, rolesFailure } = await readSurroundings(services);
  const name = await pickOne<Untrusted>(
    { title: title() },
    {
      choices: choosableRoles(known).map((role) => roleChoice(role)),
      placeholder: rolesFailure
        ? l10n.t('{0}. Which role?', unreadRolesWords(rolesFailure))
        : l10n.t('Which role?'),
      choiceFromText: typedRoleChoice([...known.roles.keys()], l10n.t('as typed')),
    },
  );
  await openManifest(services, name);
}

/**
 * Opens a role's manifest in the workspace at a field, or at its nearest parent that exists. A role that only
 * the cluster has is fetched into the workspace if the user wants that, else shown read-only.
 * @throws Cancelled if the user closes a dialog, or after a message
 * @throws TeleportFailure if the role has to be read from the cluster and cannot be read
 */
export async function openManifest(
  services: ManifestServices,
  name: Untrusted,
  path: Path = [],
): Promise<void> {
  const folders = await readRoleFolders();
  const location = await chooseLocation(locationsOfRole(manifestFilesIn(folders), name));
  if (location) {
    await showAt(location.file.uri, location.document.spanAt(path));
    return;
  }
  const { tctl, mainLogin } = services;
  const serverRole = await withProgress(l10n.t('Reading the role…'), () => readRole(name, tctl, mainLogin));
  if (!serverRole) {
    void showWarning(
      l10n.t(
        '{0} is not on the cluster, and no manifest in teleport/roles holds it.',
        forMessage(name) ?? l10n.t('This role'),
      ),
    );
    throw new Cancelled();
  }
  const cluster = await clusterOf(services);
  const text = fetchedText(serverRole, cluster);
  const file =
    folders.length > 0 && (await wantsFile())
      ? await writeFetchedRole(services, serverRole, cluster, folders)
      : undefined;
  const uri =
    file ??
    services.documents.put(
      `/${fileNameFor(cluster, []).replace(/\.yaml$/, '')}/${fileNameFor(name, [])}`,
      text,
    );
  await showAt(uri, parseManifest(text).documents[0]?.spanAt(path) ?? { start: 0, end: 0 });
}

/** Asks for the file if several files hold the role. */
async function chooseLocation(locations: readonly RoleLocation[]): Promise<RoleLocation | undefined> {
  if (locations.length < 2) return locations[0];
  const choices = locations.map((location): Choice<RoleLocation> => ({
    label: forPick(untrusted(vscode.workspace.asRelativePath(location.file.uri))),
    value: location,
  }));
  return pickOne({ title: title() }, { choices, placeholder: l10n.t('In which file?') });
}

/** Asks whether to fetch the role into the workspace or only to look at it. */
async function wantsFile(): Promise<boolean> {
  const answer = await pickOne<'fetch' | 'look'>(
    { title: title() },
    {
      choices: [
        {
          label: `$(cloud-download) ${l10n.t('Fetch It into teleport/roles')}`,
          detail: l10n.t('A new file, to be changed and applied'),
          value: 'fetch',
        },
        { label: `$(eye) ${l10n.t('Only Look')}`, detail: l10n.t('Read-only, as it is now'), value: 'look' },
      ],
      placeholder: l10n.t('This role is on the cluster only'),
    },
  );
  return answer === 'fetch';
}

/**
 * Writes a role of the server into the workspace.
 * @throws Cancelled after a message if it cannot be written
 */
async function writeFetchedRole(
  services: ManifestServices,
  serverRole: StoredResource,
  cluster: Untrusted,
  folders: readonly RoleFolder[],
): Promise<vscode.Uri> {
  const folder = await chooseFolderForNew(folders, title());
  if (!folder) throw new Cancelled();
  if (folder.isLink) {
    void showError(linkWords());
    throw new Cancelled();
  }
  const uri = vscode.Uri.joinPath(folder.uri, fileNameFor(serverRole.name, folder.names));
  const result = await writeFiles([{ uri, before: undefined, after: fetchedText(serverRole, cluster) }]);
  if (result !== 'written') {
    void showError(
      l10n.t('The manifest could not be written: the disk may be full, or the folder is not yours.'),
    );
    throw new Cancelled();
  }
  await rememberBase(services.files, cluster, serverRole);
  return uri;
}
