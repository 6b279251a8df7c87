import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage } from '../../access/text/sinks.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
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
  hindering,
  holding,
  refuseFile,
  refuse,
  refuseTwice,
  type RoleFile,
  type RoleFolder,
} from '../manifests/readManifests.ts';
import type { RoleSurroundings } from '../manifests/readSurroundings.ts';
import { fetchedText, yamlComment } from '../manifests/fetchedText.ts';

/** A role that another program owns: what would change, for a person to change there. */
export interface Proposal {
  readonly role: Untrusted;
  readonly owner: Untrusted;
  readonly before: string;
  readonly after: string;
}

/** A file to be written. */
export interface Composition extends FileChange {
  /** What it is compared with: what the file said, else what the server has. */
  readonly from: string;
}

export interface Composed {
  readonly files: readonly Composition[];
  readonly proposals: readonly Proposal[];
  /** Roles that were taken over from the server. */
  readonly fetched: readonly StoredResource[];
}

/**
 * The text of every file that changes. Nothing is written yet, so whatever is refused here leaves all as it is.
 * @param folder where new files go
 * @throws Left after saying what stands in the way
 */
export async function composeManifests(
  answers: Answers,
  around: RoleSurroundings,
  folder: RoleFolder,
): Promise<Composed> {
  const files = manifestFilesIn(around.folders);
  const texts = new Map<string, Composition>();
  const proposals: Proposal[] = [];
  const fetched: StoredResource[] = [];
  const names = [...folder.names];

  for (const plan of planSetup(answers, around.known)) {
    const { role, write } = plan;
    const held = around.held.get(role);
    const placed = await placeOf(files, role);
    const owner = ownerOf(placed?.value) ?? ownerOf(held?.document as PlainObject | undefined);
    const changes = 'changes' in write ? write.changes : [];
    if (placed) {
      const uri = placed.file.uri;
      // Several roles may stand in one file.
      const before = texts.get(uri.toString())?.after ?? placed.file.text;
      const after = changed(before, role, changes);
      if (owner) proposals.push({ role, owner, before, after });
      else texts.set(uri.toString(), { uri, before: placed.file.text, after, from: placed.file.text });
      continue;
    }
    const before = held && fetchedText(held, around.cluster);
    const after = before === undefined ? newText(plan, answers) : changed(before, role, changes);
    if (owner && before !== undefined) {
      proposals.push({ role, owner, before, after });
      continue;
    }
    if (folder.link) refuse(linkWords());
    const name = fileNameFor(role, names);
    names.push(name);
    const uri = vscode.Uri.joinPath(folder.uri, name);
    texts.set(uri.toString(), { uri, before: undefined, after, from: before ?? '' });
    if (held) fetched.push(held);
  }
  return { files: [...texts.values()], proposals, fetched };
}

/** Where a role stands, if it does. @throws Left where that cannot be told, or the file cannot be changed */
async function placeOf(
  files: readonly RoleFile[],
  role: Untrusted,
): Promise<{ readonly file: RoleFile; readonly value: PlainObject } | undefined> {
  const places = holding(files, role);
  if (places.length > 1) return refuseTwice(places);
  const [place] = places;
  // A file that cannot be read may hold it as well.
  const file = place?.file ?? files.find(hindering);
  const problem = file && hindering(file);
  if (file && problem) return refuseFile(file, problem);
  return place && { file: place.file, value: place.document.value };
}

function changed(text: string, role: Untrusted, changes: Parameters<typeof changeText>[2]): string {
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
