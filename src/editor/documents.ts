import * as vscode from 'vscode';

/** The scheme of texts that are written once and read: reports, and both sides of a difference. */
export const textScheme = 'jit-access-text';

/** Texts of ours as read-only documents. They are kept until the window closes, so that a tab never goes empty. */
export class Documents implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(textScheme, this);
  }

  /**
   * Puts a text at a path; open documents of it are redrawn.
   * @param path with a leading slash; its last part is the tab's title, and its ending tells the language
   * @param version tells texts of one path apart
   */
  put(path: string, text: string, version = ''): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: textScheme, path, query: version });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
