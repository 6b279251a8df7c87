import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { FileChange } from '../../editor/documents/workspaceEdits.ts';
import type { Answers } from '../../roles/setup/answers.ts';
import { changeText } from '../../roles/manifest/changeManifest.ts';
import { fileNameFor } from '../../roles/manifest/manifestFileName.ts';
import { ownerOf } from '../../roles/role/roleOrigin.ts';
import type { PlainObject } from '../../roles/role/value.ts';
import { writeYaml } from '../../roles/manifest/writeYaml.ts';
import { planSetup, type PlannedRole } from '../../roles/setup/planSetup.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { purposeWords } from '../../text/roles/setupText.ts';
import { linkWords } from '../manifests/findManifests.ts';
import {
  manifestFilesIn,
  blockingProblem,
  locationsOfRole,
  refuseFile,
  refuse,
  refuseDuplicateRole,
  type RoleFile,
  type RoleFolder,
} from '../manifests/readManifests.ts';
import type { RoleSurroundings } from '../manifests/readSurroundings.ts';
import { fetchedText, yamlComment } from '../manifests/fetchedText.ts';

/** A change of a role that another program owns. It is only shown: the user makes it in that program. */
export interface Proposal {
  readonly role: Untrusted;
  readonly owner: Untrusted;
  readonly before: string;
  readonly after: string;
}

/** A file to write. */
export interface ComposedFile extends FileChange {
  /** The text that the diff shows before the change: the file's, else the server's; empty for a new role. */
  readonly comparedWith: string;
}

/** The files to write and the changes to show. */
export interface ComposedManifests {
  readonly files: readonly ComposedFile[];
  readonly proposals: readonly Proposal[];
  /** The server's roles that get a new file in the workspace. */
  readonly fetched: readonly StoredResource[];
}

/**
 * Composes the text of every file that changes, without writing, so that a refusal leaves all files
 * unchanged.
 * @param folder the folder for new files
 * @throws Cancelled after a message if a file cannot be changed
 */
export async function composeManifests(
  answers: Answers,
  surroundings: RoleSurroundings,
  folder: RoleFolder,
): Promise<ComposedManifests> {
  const files = manifestFilesIn(surroundings.folders);
  const texts = new Map<string, ComposedFile>();
  const proposals: Proposal[] = [];
  const fetched: StoredResource[] = [];
  const names = [...folder.names];

  for (const plan of planSetup(answers, surroundings.known)) {
    const { role, write } = plan;
    const serverRole = surroundings.serverRoles.get(role);
    const location = await locateRole(files, role);
    const owner = ownerOf(location?.value) ?? ownerOf(serverRole?.document);
    const changes = 'changes' in write ? write.changes : [];
    if (location) {
      const { uri, text } = location.file;
      // One file may hold several of the roles.
      const before = texts.get(uri.toString())?.after ?? text;
      const after = changedText(before, role, changes);
      if (owner) proposals.push({ role, owner, before, after });
      else texts.set(uri.toString(), { uri, before: text, after, comparedWith: text });
      continue;
    }
    const before = serverRole && fetchedText(serverRole, surroundings.cluster);
    const after = before === undefined ? newText(plan, answers) : changedText(before, role, changes);
    if (owner && before !== undefined) {
      proposals.push({ role, owner, before, after });
      continue;
    }
    if (folder.isLink) refuse(linkWords());
    const name = fileNameFor(role, names);
    names.push(name);
    const uri = vscode.Uri.joinPath(folder.uri, name);
    texts.set(uri.toString(), { uri, before: undefined, after, comparedWith: before ?? '' });
    if (serverRole) fetched.push(serverRole);
  }
  return { files: [...texts.values()], proposals, fetched };
}

/**
 * Finds the file of a role.
 * @returns undefined if no file holds the role
 * @throws Cancelled after a message if several files hold the role or its file cannot be changed. A file that
 *   cannot be read may hold the role, so it counts too.
 */
async function locateRole(
  files: readonly RoleFile[],
  role: Untrusted,
): Promise<{ readonly file: RoleFile; readonly value: PlainObject } | undefined> {
  const locations = locationsOfRole(files, role);
  if (locations.length > 1) return refuseDuplicateRole(locations);
  const [location] = locations;
  const file = location?.file ?? files.find(blockingProblem);
  const problem = file && blockingProblem(file);
  if (file && problem) return refuseFile(file, problem);
  return location && { file: location.file, value: location.document.value };
}

/** Changes a role in a text. @throws Cancelled after a message if the change would touch other text */
function changedText(text: string, role: Untrusted, changes: Parameters<typeof changeText>[2]): string {
  try {
    return changeText(text, role, changes);
  } catch {
    const name = forMessage(role) ?? l10n.t('one of the roles');
    return refuse(
      l10n.t(
        'The manifest of {0} is written in a way that cannot be changed without touching more than was asked for. Nothing was written; simplify it by hand, then go on.',
        name,
      ),
    );
  }
}

function newText({ purpose, write }: PlannedRole, { elevated }: Answers): string {
  if (!('manifest' in write)) throw new Error('only a new role has no text yet');
  return yamlComment(purposeWords(purpose, elevated)) + writeYaml(write.manifest);
}
