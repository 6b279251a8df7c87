import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage, forRow } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import {
  currentText,
  undoFiles,
  writeFiles,
  type FileChange,
  type WriteResult,
} from '../../editor/documents/workspaceEdits.ts';
import { showInfo, showWarning, withProgress, type Button } from '../../editor/messages.ts';
import { isTrusted, manageTrust } from '../../editor/workspaceTrust.ts';
import type { Answers } from '../../roles/setup/answers.ts';
import { rememberBase } from '../../roles/apply/baseVersions.ts';
import { fileNameFor } from '../../roles/manifest/manifestFileName.ts';
import { nextSteps, type NextStep } from '../../roles/setup/nextSteps.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { roleNamesOf } from '../../teleport/output/adminSchema.ts';
import { nextStepWords } from '../../text/roles/setupText.ts';
import { wrapLines } from '../../text/wrapLines.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { composeManifests, type ComposedManifests } from './composeManifests.ts';
import { chooseFolderForNew, refuse, readRoleFolders } from '../manifests/readManifests.ts';
import { wizardTitle } from './choices.ts';
import type { RoleSurroundings } from '../manifests/readSurroundings.ts';
import type { SetUpRolesServices } from './services.ts';
import { runCommand } from '../shared/runCommand.ts';

/**
 * Writes the manifests of these answers and shows the changes.
 * @param before the surroundings from before the wizard asked
 * @returns false if the user chose no folder for new manifests, or if there is none
 * @throws Cancelled if the user closes a dialog, or after a message if the manifests cannot be written
 */
export async function writeManifests(
  services: SetUpRolesServices,
  answers: Answers,
  before: RoleSurroundings,
): Promise<boolean> {
  const rolesByUser = await rolesOfSuggested(services, answers);
  // The files may have changed while the user answered.
  const surroundings = { ...before, folders: await readRoleFolders() };
  const folder = await chooseFolderForNew(surroundings.folders, wizardTitle(l10n.t('write')));
  if (!folder) return false;
  const composed = await composeManifests(answers, surroundings, folder);
  const result = composed.files.length > 0 ? await writeFiles(composed.files) : 'written';
  if (result !== 'written' && result !== 'unsaved') {
    refuse(notWrittenWords(result));
  }
  for (const serverRole of composed.fetched)
    await rememberBase(services.files, surroundings.cluster, serverRole);
  const written = await Promise.all(
    composed.files.map(async (file) => ({ ...file, after: await currentText(file.uri) })),
  );
  const steps = nextSteps(answers, surroundings.known, rolesByUser);
  const page = nextStepsPage(services, steps, composed);
  if (page) await showPage(page);
  await showChanges(services, composed);
  // Not awaited, because the user may answer hours later.
  void runWithRecovery(services, () =>
    showWritten(services, { written, composed, page, saved: result === 'written' }),
  );
  return true;
}

function notWrittenWords(result: Exclude<WriteResult, 'written' | 'unsaved'>): string {
  return result === 'changedMeanwhile'
    ? l10n.t('A manifest changed just now, so nothing was written. Go on; your answers are kept.')
    : l10n.t(
        'VS Code could not write into teleport/roles: the disk may be full, or the folder is not yours. Your answers are kept.',
      );
}

/** Opens a diff of each file and proposal. Several diffs share one editor. */
async function showChanges(
  { documents }: SetUpRolesServices,
  { files, proposals }: ComposedManifests,
): Promise<void> {
  const title = l10n.t('Set Up Roles: what changes');
  // Diffs of an earlier run would be redrawn with the new texts, so they are closed.
  const { tabGroups } = vscode.window;
  await tabGroups.close(
    tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ label }) => label.startsWith(title)),
  );
  // Both sides have the same path, because VS Code would show different paths as a renamed file.
  const pairs = [
    ...files.map(({ uri, comparedWith }, index) => {
      // A new role has no earlier text.
      const before =
        comparedWith === '' ? undefined : documents.put(uri.path, comparedWith, `before ${String(index)}`);
      return [uri, before, uri] as const;
    }),
    ...proposals.map(({ role, before, after }, index) => {
      const path = `/${title}/${fileNameFor(role, [])}`;
      const put = (side: string, text: string): vscode.Uri =>
        documents.put(path, text, `${side} ${String(index)}`);
      const proposed = put('proposed', after);
      return [proposed, put('held', before), proposed] as const;
    }),
  ];
  const [only] = pairs;
  if (!only) return;
  const [, before, after] = only;
  if (pairs.length > 1) await vscode.commands.executeCommand('vscode.changes', title, pairs);
  else if (before) await vscode.commands.executeCommand('vscode.diff', before, after, title);
  else await vscode.window.showTextDocument(after, { preview: false });
}

/** The roles of the suggested reviewers, by user; empty if the user may not read them. */
async function rolesOfSuggested(
  { tctl, mainLogin }: SetUpRolesServices,
  { edition, suggested }: Answers,
): Promise<ReadonlyMap<Untrusted, readonly Untrusted[]>> {
  if (edition !== 'enterprise' || suggested.length === 0) return new Map();
  try {
    const users = await withProgress(l10n.t('Reading users…'), () => tctl.users(mainLogin));
    return new Map(users.map((user) => [user.name, roleNamesOf(user)]));
  } catch (error) {
    // The roles only add a line to the page, so a failure is ignored.
    if (failureOf(error)) return new Map();
    throw error;
  }
}

/** A page with the steps that the user does by hand; undefined if there are none. */
function nextStepsPage(
  { documents }: SetUpRolesServices,
  steps: readonly NextStep[],
  { proposals }: ComposedManifests,
): vscode.Uri | undefined {
  const lines = [
    ...proposals.map(({ role, owner }) =>
      l10n.t(
        '{0} belongs to {1} (label teleport.dev/origin), which would change it back. It was not written: make the change shown there.',
        forRow(role),
        forRow(owner),
      ),
    ),
    ...steps.map(nextStepWords),
  ];
  if (lines.length === 0) return undefined;
  const text = [
    ...wrapLines('', l10n.t('After the roles are applied, this is left to do or to know:')),
    '',
    ...lines.flatMap((line) => wrapLines('- ', line)),
    '',
  ];
  return documents.put(`/${l10n.t('What is left to do')}.txt`, text.join('\n'));
}

const showPage = (page: vscode.Uri): Thenable<vscode.TextEditor> =>
  vscode.window.showTextDocument(page, { preview: false });

/** The facts for the message after writing. */
interface WrittenManifests {
  readonly written: readonly FileChange[];
  readonly composed: ComposedManifests;
  /** The page with the next steps. */
  readonly page: vscode.Uri | undefined;
  /** False if a written file could not be saved. */
  readonly saved: boolean;
}

/** Shows the number of written manifests, with buttons to apply or undo them and to open the next steps. */
async function showWritten(services: SetUpRolesServices, manifests: WrittenManifests): Promise<void> {
  const { written, composed, page, saved } = manifests;
  const { proposals } = composed;
  const count = written.length;
  const text = [
    count === 0
      ? l10n.t('No manifest was written.')
      : count === 1
        ? l10n.t('1 manifest written. Nothing has been sent yet.')
        : l10n.t('{0} manifests written. Nothing has been sent yet.', count),
    ...(saved ? [] : [l10n.t('One could not be saved; save it in its editor.')]),
    ...(proposals.length > 0 ? [ownedWords(proposals)] : []),
    ...(count > 0 && !isTrusted() ? [l10n.t('To apply them, trust this folder.')] : []),
    ...(page ? [l10n.t('A page says what is left to do.')] : []),
  ].join(' ');
  type Action = 'apply' | 'trust' | 'undo' | 'nextSteps';
  const applyButton: Button<Action> = isTrusted()
    ? { title: l10n.t('Apply…'), value: 'apply' }
    : { title: l10n.t('Manage Workspace Trust'), value: 'trust' };
  const pageButtons: Button<Action>[] = page ? [{ title: l10n.t('What Is Left'), value: 'nextSteps' }] : [];
  const undoButton: Button<Action> = { title: l10n.t('Undo'), value: 'undo' };
  const answer = await showInfo<Action>(
    text,
    ...(count === 0 ? [] : [applyButton, undoButton]),
    ...pageButtons,
  );
  if (answer === 'nextSteps' && page) {
    await showPage(page);
    // The user may still apply or undo, so the message comes again.
    return showWritten(services, manifests);
  }
  if (answer === 'trust') await manageTrust();
  if (answer === 'undo') await undo(written);
  if (answer === 'apply') {
    await runCommand('jitAccess.applyRoles', { files: written.map(({ uri }) => uri) });
  }
}

function ownedWords(proposals: readonly { readonly role: Untrusted }[]): string {
  const [only] = proposals;
  const name = proposals.length === 1 && only ? forMessage(only.role) : undefined;
  return name === undefined
    ? l10n.t('{0} roles belong to another program: they are only shown, change them there.', proposals.length)
    : l10n.t('{0} belongs to another program: it is only shown, change it there.', name);
}

async function undo(written: readonly FileChange[]): Promise<void> {
  const notRestored = await undoFiles(written);
  if (notRestored === 0) void showInfo(l10n.t('The manifests are as they were before.'));
  else
    void showWarning(
      l10n.t(
        '{0} of {1} manifests were left alone, because they changed since. Use Undo in their editors, or version control.',
        notRestored,
        written.length,
      ),
    );
}
