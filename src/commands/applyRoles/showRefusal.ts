import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { showError, confirm } from '../../editor/messages.ts';
import type { ApplyRefusal } from '../../roles/apply/readSources.ts';
import { roleForMessage } from '../../text/roles/applyText.ts';
import { problemWords } from '../../text/roles/problems.ts';
import { fileForMessage } from '../manifests/manifestText.ts';

/** Shows why the chosen files are not applied, with a button that opens the line. */
export async function showRefusal(refusal: ApplyRefusal): Promise<void> {
  const { line } = refusal;
  const file = vscode.Uri.parse(refusal.source.file);
  const open = l10n.t('Open File');
  const text = refusalWords(refusal, fileForMessage(file));
  // The words of a problem quote the file, which a notification must not show, so a modal dialog shows them.
  const answer =
    refusal.kind === 'problem'
      ? await confirm({ text, detail: problemWords(refusal.problem), harmless: open, acting: [] })
      : await showError(text, { title: open, value: true });
  const lineStart = new vscode.Position(line - 1, 0);
  const selection = new vscode.Range(lineStart, lineStart);
  if (answer) await vscode.window.showTextDocument(file, { selection, preview: false });
}

function refusalWords(refusal: ApplyRefusal, file: string): string {
  switch (refusal.kind) {
    case 'problem':
      return l10n.t('{0}, line {1}, cannot be applied as it stands. Nothing was sent.', file, refusal.line);
    case 'empty':
      return l10n.t('{0} holds no role. Nothing was sent.', file);
    case 'twice':
      return l10n.t(
        '{0}, line {1}: the role {2} stands twice in the chosen files. Nothing was sent; leave one of them out.',
        file,
        refusal.line,
        roleForMessage(refusal.name),
      );
    case 'unwritable':
      return l10n.t(
        '{0}, line {1}: {2} holds something that YAML cannot write, such as a number with too many digits. Nothing was sent.',
        file,
        refusal.line,
        roleForMessage(refusal.name),
      );
    case 'longText':
      return l10n.t(
        '{0}, line {1}: {2} holds a text of more than 5,000 characters, which differences do not show to its end. Nothing was sent.',
        file,
        refusal.line,
        roleForMessage(refusal.name),
      );
    case 'system':
      return l10n.t(
        '{0}, line {1}: {2} is a role of Teleport itself, which it keeps as it needs it. Nothing was sent.',
        file,
        refusal.line,
        roleForMessage(refusal.name),
      );
  }
}
