import * as vscode from 'vscode';

/** The URI scheme of read-only texts: reports, and both sides of a diff. */
const textScheme = 'jit-access-text';

/** A code lens above a line of a text. */
export interface Lens {
  /** The line below the lens, counted from 0. */
  readonly line: number;
  /** Already sanitised, because VS Code renders icons in it. */
  readonly title: string;
  /** Identifies the lens within its text. It stays the same when the text is replaced. */
  readonly key: string;
  /** Opens or asks something. Any extension can press a lens, so that it never changes anything by itself. */
  readonly press: () => unknown;
}

/** Registers a command without arguments under a random id. */
export type RegisterLens = (run: () => unknown) => readonly [id: string, registration: vscode.Disposable];

/** Provides read-only documents. Their texts stay until the window closes, so that no tab becomes empty. */
export class TextDocuments
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#lensesChanged.event;
  readonly #texts = new Map<string, string>();
  readonly #lenses = new Map<string, vscode.CodeLens[]>();
  /**
   * The command of each lens, by the text's URI and the lens key. VS Code drops the arguments of lens
   * commands when it asks for lenses again, while the old lenses are still on screen. So each lens has its
   * own command without arguments, which stays registered.
   */
  readonly #commands = new Map<string, { readonly id: string; readonly lens: Lens }>();
  readonly #register: RegisterLens;
  readonly #commandRegistrations: vscode.Disposable[] = [];
  readonly #registration: vscode.Disposable;

  constructor(register: RegisterLens) {
    this.#register = register;
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(textScheme, this),
      vscode.languages.registerCodeLensProvider({ scheme: textScheme }, this),
    );
  }

  /**
   * Stores a text at a path and redraws its open documents.
   * @param path with a leading slash. Its last part is the tab's title, its extension selects the language.
   * @param version distinguishes texts with the same path
   */
  put(path: string, text: string, version = '', lenses: readonly Lens[] = []): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: textScheme, path, query: version });
    const textKey = uri.toString();
    const rendered = lenses.map((lens) => this.#render(textKey, lens));
    const before = this.#lenses.get(textKey) ?? [];
    this.#texts.set(textKey, text);
    this.#lenses.set(textKey, rendered);
    this.#changed.fire(uri);
    if (JSON.stringify(rendered) !== JSON.stringify(before)) this.#lensesChanged.fire();
    return uri;
  }

  /** The lens as VS Code shows it. A press runs its command. */
  #render(textKey: string, lens: Lens): vscode.CodeLens {
    const commandKey = JSON.stringify([textKey, lens.key]);
    const existing = this.#commands.get(commandKey);
    const id = existing?.id ?? this.#registerPress(commandKey);
    this.#commands.set(commandKey, { id, lens });
    const { line, title } = lens;
    return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command: id });
  }

  #registerPress(commandKey: string): string {
    const [id, registration] = this.#register(() => this.#commands.get(commandKey)?.lens.press());
    this.#commandRegistrations.push(registration);
    return id;
  }

  /** Called by VS Code. @returns the text; empty when no text is stored, as after a restart of VS Code */
  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Called by VS Code. @returns the lenses of a text */
  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    return this.#lenses.get(uri.toString()) ?? [];
  }

  dispose(): void {
    for (const part of [this.#registration, ...this.#commandRegistrations]) part.dispose();
    this.#changed.dispose();
    this.#lensesChanged.dispose();
  }
}
