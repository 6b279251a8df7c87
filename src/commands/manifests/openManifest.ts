import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage, forPick } from '../../access/text/sinks.ts';
import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { writeFiles } from '../../editor/documents/workspaceEdits.ts';
import { showError, showWarning, withProgress } from '../../editor/messages.ts';
import { Cancelled, pickOne, type Choice } from '../../editor/quickInput.ts';
import { BaseVersions } from '../../roles/apply/baseVersions.ts';
import { fileNameFor } from '../../roles/manifest/manifestFileName.ts';
import { parseManifest } from '../../roles/manifest/parseManifest.ts';
import type { Path } from '../../roles/role/value.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { clusterOf } from './roleAdmin.ts';
import { fetchedText } from './fetchedText.ts';
import { linkWords } from './findManifests.ts';
import {
  manifestFilesIn,
  folderForNew,
  holding,
  roleFolders,
  showAt,
  type Placed,
  type RoleFolder,
} from './readManifests.ts';
import { choosableRoles, roleChoice, typedRole } from './roleChoices.ts';
import { readSurroundings, unreadRolesWords } from './readSurroundings.ts';
import type { ManifestServices } from './services.ts';

const title = (): string => l10n.t('Open Role Manifest');

/** Opens the manifest of a role the person chooses. */
export async function openAnyManifest(services: ManifestServices): Promise<void> {
  const { known, unread } = await readSurroundings(services);
  const name = await pickOne<Untrusted>(
    { title: title() },
    {
      choices: choosableRoles(known).map((one) => roleChoice(one)),
      placeholder: unread ? l10n.t('{0}. Which role?', unreadRolesWords(unread)) : l10n.t('Which role?'),
      choiceFromText: typedRole([...known.roles.keys()], l10n.t('as typed')),
    },
  );
  if (typeof name !== 'symbol') await openManifest(services, name);
}

/**
 * Opens a role's manifest in the workspace at a field, or at the nearest thing above it. A role that is only on the
 * cluster is fetched into the workspace if the person wants that, else shown read-only.
 * @throws Left; TeleportFailure when the role must be read and cannot be
 */
export async function openManifest(
  services: ManifestServices,
  name: Untrusted,
  path: Path = [],
): Promise<void> {
  const folders = await roleFolders();
  const place = await onePlace(holding(manifestFilesIn(folders), name));
  if (place) {
    await showAt(place.file.uri, place.document.spanAt(path));
    return;
  }
  const held = await fetch(services, name);
  const cluster = await clusterOf(services);
  const text = fetchedText(held, cluster);
  const file =
    folders.length > 0 && (await wantsFile()) ? await keep(services, held, cluster, folders) : undefined;
  const uri =
    file ??
    services.documents.put(
      `/${fileNameFor(cluster, []).replace(/\.yaml$/, '')}/${fileNameFor(name, [])}`,
      text,
    );
  await showAt(uri, parseManifest(text).documents[0]?.spanAt(path) ?? { start: 0, end: 0 });
}

/** The place of a role; asked where there are several. */
async function onePlace(places: readonly Placed[]): Promise<Placed | undefined> {
  if (places.length < 2) return places[0];
  const choices = places.map((place): Choice<Placed> => ({
    label: forPick(untrusted(vscode.workspace.asRelativePath(place.file.uri))),
    value: place,
  }));
  const chosen = await pickOne({ title: title() }, { choices, placeholder: l10n.t('In which file?') });
  return typeof chosen === 'symbol' ? undefined : chosen;
}

async function fetch({ tctl, mainLogin }: ManifestServices, name: Untrusted): Promise<StoredResource> {
  try {
    return await withProgress(l10n.t('Reading the role…'), () => tctl.role(mainLogin, name));
  } catch (error) {
    if (failureOf(error)?.kind !== 'gone') throw error;
    void showWarning(
      l10n.t(
        '{0} is not on the cluster, and no manifest in teleport/roles holds it.',
        forMessage(name) ?? l10n.t('This role'),
      ),
    );
    throw new Cancelled();
  }
}

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

/** Writes a role of the server into the workspace. @throws Left where it cannot */
async function keep(
  services: ManifestServices,
  held: StoredResource,
  cluster: Untrusted,
  folders: readonly RoleFolder[],
): Promise<vscode.Uri> {
  const folder = await folderForNew(folders, { title: title() });
  if (!folder) throw new Cancelled();
  if (folder.link) {
    void showError(linkWords());
    throw new Cancelled();
  }
  const uri = vscode.Uri.joinPath(folder.uri, fileNameFor(held.name, folder.names));
  const wrote = await writeFiles([{ uri, before: undefined, after: fetchedText(held, cluster) }]);
  if (wrote !== 'written') {
    void showError(
      l10n.t('The manifest could not be written: the disk may be full, or the folder is not yours.'),
    );
    throw new Cancelled();
  }
  await new BaseVersions(services.files).remember(cluster, held);
  return uri;
}
