import * as vscode from 'vscode';

/** The scheme of texts that are written once and read: reports, and both sides of a difference. */
export const textScheme = 'jit-access-text';

/** A line above a line (from 0) of a text that does something when it is pressed. */
export interface Lens {
  readonly line: number;
  /** Inert already; icons would be drawn. */
  readonly title: string;
  readonly command: string;
  /** An object we made, see `ours.ts`. */
  readonly argument: object;
}

/** Texts of ours as read-only documents. They are kept until the window closes, so that a tab never goes empty. */
export class Documents
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#lensesChanged.event;
  readonly #texts = new Map<string, string>();
  readonly #lenses = new Map<string, readonly Lens[]>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(textScheme, this),
      vscode.languages.registerCodeLensProvider({ scheme: textScheme }, this),
    );
  }

  /**
   * Puts a text at a path; open documents of it are redrawn.
   * @param path with a leading slash; its last part is the tab's title, and its ending tells the language
   * @param version tells texts of one path apart
   */
  put(path: string, text: string, version = '', lenses: readonly Lens[] = []): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: textScheme, path, query: version });
    this.#texts.set(uri.toString(), text);
    this.#lenses.set(uri.toString(), lenses);
    this.#changed.fire(uri);
    this.#lensesChanged.fire();
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    return (this.#lenses.get(uri.toString()) ?? []).map(
      ({ line, title, command, argument }) =>
        new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [argument] }),
    );
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
    this.#lensesChanged.dispose();
  }
}
