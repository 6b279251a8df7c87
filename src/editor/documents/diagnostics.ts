import * as vscode from 'vscode';

/** Something to mark in a text: plain words, a place in UTF-16 units, and ways to put it right. */
export interface TextProblem {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly start: number;
  readonly end: number;
  /** Shown as plain text. */
  readonly message: string;
  readonly fixes: readonly TextFix[];
}

export interface TextFix {
  readonly title: string;
  /** Asked for when somebody looks at the fixes; empty where there is none after all. */
  readonly edits: () => readonly { readonly start: number; readonly end: number; readonly text: string }[];
}

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

interface Shown {
  readonly version: number;
  /** The marks as one text, to tell whether they changed. */
  readonly said: string;
  readonly marks: ReadonlyMap<vscode.Diagnostic, TextProblem>;
}

/** Marks in open documents, and their quick fixes. */
export class TextProblems implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('jitAccess');
  readonly #shown = new Map<string, Shown>();
  readonly #registration: vscode.Disposable;

  /** @param selector the documents that may have marks */
  constructor(selector: vscode.DocumentSelector) {
    this.#registration = vscode.languages.registerCodeActionsProvider(selector, this, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    });
  }

  /** Shows these marks of a document and no others. */
  show(document: vscode.TextDocument, marks: readonly TextProblem[]): void {
    const { version } = document;
    const key = document.uri.toString();
    const said = JSON.stringify(marks);
    const before = this.#shown.get(key);
    // Set again, they would close the list of quick fixes that somebody reads.
    if (before?.version === version && before.said === said) return;
    const diagnostics = new Map(marks.map((mark) => [diagnosticOf(document, mark), mark]));
    this.#shown.set(key, { version, said, marks: diagnostics });
    this.#collection.set(document.uri, [...diagnostics.keys()]);
  }

  clear(uri: vscode.Uri): void {
    this.#shown.delete(uri.toString());
    this.#collection.delete(uri);
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const shown = this.#shown.get(document.uri.toString());
    // Made for another text, the edits would hit the wrong place.
    if (shown?.version !== document.version) return [];
    return [...shown.marks].flatMap(([diagnostic, { fixes }]) =>
      diagnostic.range.intersection(range)
        ? fixes.flatMap((fix, at) => action(document, diagnostic, fix, at === 0 && fixes.length === 1) ?? [])
        : [],
    );
  }

  dispose(): void {
    this.#registration.dispose();
    this.#collection.dispose();
  }
}

function diagnosticOf(document: vscode.TextDocument, { code, severity, start, end, message }: TextProblem) {
  const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
  const diagnostic = new vscode.Diagnostic(range, message, severities[severity]);
  diagnostic.source = 'JIT Access';
  diagnostic.code = code;
  return diagnostic;
}

function action(
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
  { title, edits }: TextFix,
  preferred: boolean,
): vscode.CodeAction | undefined {
  const changes = edits();
  if (!changes.length) return undefined;
  const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  made.diagnostics = [diagnostic];
  made.isPreferred = preferred;
  made.edit = new vscode.WorkspaceEdit();
  for (const { start, end, text } of changes)
    made.edit.replace(
      document.uri,
      new vscode.Range(document.positionAt(start), document.positionAt(end)),
      text,
    );
  return made;
}
