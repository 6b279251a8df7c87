import * as vscode from 'vscode';

/** A problem in a text: a plain message, a range in UTF-16 units, and quick fixes. */
export interface TextProblem {
  readonly code: string;
  readonly severity: 'error' | 'warning' | 'info';
  readonly start: number;
  readonly end: number;
  /** Shown as plain text. */
  readonly message: string;
  readonly fixes: readonly TextFix[];
}

/** A quick fix for a problem. */
export interface TextFix {
  readonly title: string;
  /** Computed at the first use, which may take a while. */
  readonly edits: readonly { readonly start: number; readonly end: number; readonly text: string }[];
}

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
};

/** The problems shown in one document. */
interface ShownProblems {
  /** The document version that the problems were found in. */
  readonly version: number;
  /** The problems as JSON, to detect changes. */
  readonly serialized: string;
  readonly problems: ReadonlyMap<vscode.Diagnostic, TextProblem>;
}

/** The most fixes that are computed at once: a selection may span hundreds of problems. */
const mostFixes = 10;

/** Shows problems in open documents and offers their quick fixes. */
export class TextProblems implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('jitAccess');
  readonly #shown = new Map<string, ShownProblems>();
  readonly #registration: vscode.Disposable;

  /** @param selector the documents that may have problems */
  constructor(selector: vscode.DocumentSelector) {
    this.#registration = vscode.languages.registerCodeActionsProvider(selector, this, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    });
  }

  /** Replaces the problems shown in a document. */
  show(document: vscode.TextDocument, problems: readonly TextProblem[]): void {
    const { version } = document;
    const key = document.uri.toString();
    // The edits of a fix depend on its title and on the text, which has this version.
    const serialized = JSON.stringify(
      problems.map(({ fixes, ...problem }) => [problem, fixes.map(({ title }) => title)]),
    );
    const before = this.#shown.get(key);
    // Setting the same diagnostics again would close an open list of quick fixes.
    if (before?.version === version && before.serialized === serialized) return;
    const diagnostics = new Map(problems.map((problem) => [diagnosticOf(document, problem), problem]));
    this.#shown.set(key, { version, serialized, problems: diagnostics });
    this.#collection.set(document.uri, [...diagnostics.keys()]);
  }

  /** Removes all problems of a document. */
  clear(uri: vscode.Uri): void {
    this.#shown.delete(uri.toString());
    this.#collection.delete(uri);
  }

  /** Called by VS Code. @returns the fixes of the problems in a range */
  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const shown = this.#shown.get(document.uri.toString());
    // Edits computed for another version of the text would change the wrong place.
    if (shown?.version !== document.version) return [];
    return [...shown.problems]
      .flatMap(([diagnostic, { fixes }]) =>
        diagnostic.range.intersection(range)
          ? fixes.map((fix) => [diagnostic, fix, fixes.length === 1] as const)
          : [],
      )
      .slice(0, mostFixes)
      .map(([diagnostic, fix, preferred]) => codeAction(document, diagnostic, fix, preferred));
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

function codeAction(
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
  { title, edits }: TextFix,
  preferred: boolean,
): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  action.isPreferred = preferred;
  action.edit = new vscode.WorkspaceEdit();
  for (const { start, end, text } of edits)
    action.edit.replace(
      document.uri,
      new vscode.Range(document.positionAt(start), document.positionAt(end)),
      text,
    );
  return action;
}
