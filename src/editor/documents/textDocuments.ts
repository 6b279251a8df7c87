import * as vscode from 'vscode';

/** The scheme of texts that are written once and read: reports, and both sides of a difference. */
export const textScheme = 'jit-access-text';

/** A line above a line (from 0) of a text that does something when it is pressed. */
export interface Lens {
  readonly line: number;
  /** Inert already; icons would be drawn. */
  readonly title: string;
  /** What it is about, the same whenever the text is put again. */
  readonly about: string;
  readonly press: () => unknown;
}

/** Registers a command that takes no argument, under a name that nobody knows. */
export type RegisterLens = (run: () => unknown) => readonly [id: string, registration: vscode.Disposable];

/** A lens as it is drawn: `id` is the command that it presses. */
interface Drawn {
  readonly line: number;
  readonly title: string;
  readonly id: string;
}

/** Texts of ours as read-only documents. They are kept until the window closes, so that a tab never goes empty. */
export class TextDocuments
  implements vscode.TextDocumentContentProvider, vscode.CodeLensProvider, vscode.Disposable
{
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#lensesChanged.event;
  readonly #texts = new Map<string, string>();
  readonly #lenses = new Map<string, readonly Drawn[]>();
  /**
   * By text and what they are about. VS Code forgets the arguments of a command as soon as lenses are asked for again,
   * while the old ones are still on screen: so each has a command of its own, which stays.
   */
  readonly #presses = new Map<string, { readonly id: string; lens: Lens }>();
  readonly #register: RegisterLens;
  readonly #registered: vscode.Disposable[] = [];
  readonly #registration: vscode.Disposable;

  constructor(register: RegisterLens) {
    this.#register = register;
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
    const key = uri.toString();
    const drawn = lenses.map((lens) => this.#draw(key, lens));
    const before = this.#lenses.get(key) ?? [];
    this.#texts.set(key, text);
    this.#lenses.set(key, drawn);
    this.#changed.fire(uri);
    if (JSON.stringify(drawn) !== JSON.stringify(before)) this.#lensesChanged.fire();
    return uri;
  }

  #draw(key: string, lens: Lens): Drawn {
    const about = JSON.stringify([key, lens.about]);
    const { line, title } = lens;
    const there = this.#presses.get(about);
    if (there) {
      there.lens = lens;
      return { line, title, id: there.id };
    }
    const [id, registration] = this.#register(() => this.#presses.get(about)?.lens.press());
    this.#presses.set(about, { id, lens });
    this.#registered.push(registration);
    return { line, title, id };
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  provideCodeLenses({ uri }: vscode.TextDocument): vscode.CodeLens[] {
    return (this.#lenses.get(uri.toString()) ?? []).map(
      ({ line, title, id }) =>
        new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command: id }),
    );
  }

  dispose(): void {
    for (const one of [this.#registration, ...this.#registered]) one.dispose();
    this.#changed.dispose();
    this.#lensesChanged.dispose();
  }
}
