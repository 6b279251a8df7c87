import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { forMessage, forRow } from '../../access/text/sinks.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
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
import { BaseVersions } from '../../roles/apply/baseVersions.ts';
import { fileNameFor } from '../../roles/manifest/manifestFileName.ts';
import { nextSteps, type NextStep } from '../../roles/setup/nextSteps.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { roleNamesOf } from '../../teleport/output/adminSchema.ts';
import { nextStepWords } from '../../text/roles/setupText.ts';
import { wrapLines } from '../../text/wrapLines.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { composeManifests, type Composed } from './composeManifests.ts';
import { folderForNew, refuse, roleFolders } from '../manifests/readManifests.ts';
import { stepTitle } from './choices.ts';
import type { RoleSurroundings } from '../manifests/readSurroundings.ts';
import type { SetUpRolesServices } from './services.ts';
import { runCommand } from '../shared/runCommand.ts';

/**
 * Writes the manifests of these answers and shows what changed.
 * @returns whether they are written, or there was nothing of ours to write
 * @throws Left after saying what stands in the way
 */
export async function writeManifests(
  services: SetUpRolesServices,
  answers: Answers,
  before: RoleSurroundings,
): Promise<boolean> {
  const users = await rolesOfSuggested(services, answers);
  // Files may have changed while the questions were answered.
  const around = { ...before, folders: await roleFolders() };
  const folder = await folderForNew(around.folders, { title: stepTitle('summary') });
  if (!folder) return false;
  const composed = await composeManifests(answers, around, folder);
  const wrote = composed.files.length > 0 ? await writeFiles(composed.files) : 'written';
  if (wrote !== 'written' && wrote !== 'unsaved') {
    refuse(notWritten(wrote));
  }
  const bases = new BaseVersions(services.files);
  for (const held of composed.fetched) await bases.remember(around.cluster, held);
  const written = await Promise.all(
    composed.files.map(async (file) => ({ ...file, after: await currentText(file.uri) })),
  );
  const left = nextSteps(answers, around.known, users);
  const page = remainingPage(services, left, composed);
  if (page) await show(page);
  await showChanges(services, composed);
  // Nobody waits for the answer: it may come hours later.
  void runWithRecovery(services, () =>
    say(services, { written, composed, page, saved: wrote === 'written' }),
  );
  return true;
}

function notWritten(wrote: Exclude<WriteResult, 'written' | 'unsaved'>): string {
  return wrote === 'changedMeanwhile'
    ? l10n.t('A manifest changed just now, so nothing was written. Go on; your answers are kept.')
    : l10n.t(
        'VS Code could not write into teleport/roles: the disk may be full, or the folder is not yours. Your answers are kept.',
      );
}

/** What was before, and the files, as differences; several in one editor. */
async function showChanges({ documents }: SetUpRolesServices, { files, proposals }: Composed): Promise<void> {
  const title = l10n.t('Set Up Roles: what changes');
  // What was shown an earlier time would be redrawn with what is shown now.
  const { tabGroups } = vscode.window;
  await tabGroups.close(
    tabGroups.all.flatMap(({ tabs }) => tabs).filter(({ label }) => label.startsWith(title)),
  );
  // Both sides stand under one path, or it would look like a file that got another name.
  const pairs = [
    ...files.map(({ uri, from }, index) => {
      // A new file has nothing before it.
      const before = from === '' ? undefined : documents.put(uri.path, from, `before ${String(index)}`);
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

/** The roles of the people who are suggested as reviewers, where they may be read. */
async function rolesOfSuggested(
  { tctl, mainLogin }: SetUpRolesServices,
  { edition, suggested }: Answers,
): Promise<ReadonlyMap<Untrusted, readonly Untrusted[]>> {
  if (edition !== 'enterprise' || suggested.length === 0) return new Map();
  try {
    const users = await withProgress(l10n.t('Reading users…'), () => tctl.users(mainLogin));
    return new Map(users.map((user) => [user.name, roleNamesOf(user)]));
  } catch (error) {
    // This would only add a line to the page.
    if (failureOf(error)) return new Map();
    throw error;
  }
}

/** What is left to do by hand, as a document; undefined where nothing is. */
function remainingPage(
  { documents }: SetUpRolesServices,
  left: readonly NextStep[],
  { proposals }: Composed,
): vscode.Uri | undefined {
  const lines = [
    ...proposals.map(({ role, owner }) =>
      l10n.t(
        '{0} belongs to {1} (label teleport.dev/origin), which would change it back. It was not written: make the change shown there.',
        forRow(role),
        forRow(owner),
      ),
    ),
    ...left.map(nextStepWords),
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

const show = (page: vscode.Uri): Thenable<vscode.TextEditor> =>
  vscode.window.showTextDocument(page, { preview: false });

interface Said {
  readonly written: readonly FileChange[];
  readonly composed: Composed;
  /** Says what is left to do. */
  readonly page: vscode.Uri | undefined;
  readonly saved: boolean;
}

async function say(services: SetUpRolesServices, said: Said): Promise<void> {
  const { written, composed, page, saved } = said;
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
  type Next = 'apply' | 'trust' | 'undo' | 'left';
  const apply: Button<Next> = isTrusted()
    ? { title: l10n.t('Apply…'), value: 'apply' }
    : { title: l10n.t('Manage Workspace Trust'), value: 'trust' };
  const look: Button<Next>[] = page ? [{ title: l10n.t('What Is Left'), value: 'left' }] : [];
  const undoing: Button<Next> = { title: l10n.t('Undo'), value: 'undo' };
  const answer = await showInfo<Next>(text, ...(count === 0 ? [] : [apply, undoing]), ...look);
  if (answer === 'left' && page) {
    await show(page);
    // Looking is no answer yet.
    return say(services, said);
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
  const left = await undoFiles(written);
  if (left === 0) void showInfo(l10n.t('The manifests are as they were before.'));
  else
    void showWarning(
      l10n.t(
        '{0} of {1} manifests were left alone, because they changed since. Use Undo in their editors, or version control.',
        left,
        written.length,
      ),
    );
}
