// A stand-in for the module `vscode`, with what commands use of it. Every question is answered with Enter, as VS
// Code takes it: the first button of a modal dialog, the active entry of a pick, the text of an input box. What
// changes the world is noted in `screen.effects`. It holds no more of VS Code than the tests need.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { InputBox, QuickPick } from './dialogs.ts';
import { screen } from './screen.ts';

const none = { dispose: (): void => undefined };
const noEvent = (): typeof none => none;
const effect = (what: string): void => void screen.effects.push(what);

/** A file or a document. */
export class Uri {
  readonly scheme: string;
  readonly path: string;
  readonly query: string;
  private constructor(scheme: string, path: string, query = '') {
    [this.scheme, this.path, this.query] = [scheme, path, query];
  }

  static file(path: string): Uri {
    return new Uri('file', path);
  }

  static from({ scheme, path, query }: { scheme: string; path: string; query?: string }): Uri {
    return new Uri(scheme, path, query);
  }

  static parse(text: string): Uri {
    return text.startsWith('file:') ? Uri.file(fileURLToPath(text)) : new Uri(text.split(':')[0] ?? '', text);
  }

  static joinPath(uri: Uri, ...parts: readonly string[]): Uri {
    return new Uri(uri.scheme, join(uri.path, ...parts));
  }

  get fsPath(): string {
    return this.path;
  }

  toString(): string {
    return this.scheme === 'file'
      ? pathToFileURL(this.path).href
      : `${this.scheme}:${this.path}?${this.query}`;
  }
}

type Item = string | { readonly title: string };

const titleOf = (item: Item): string => (typeof item === 'string' ? item : item.title);

/** Shows a message: Enter presses the first button of a modal dialog, and none of a notification. */
function message(text: string, ...rest: readonly unknown[]): Promise<Item | undefined> {
  const [options, ...others] = rest as [{ modal?: boolean; detail?: string } | undefined, ...Item[]];
  if (options?.modal !== true) {
    screen.notifications.push(text);
    const items = rest as readonly Item[];
    const pressed = screen.notifications.length < 30 ? screen.person.press?.(items.map(titleOf)) : undefined;
    return Promise.resolve(pressed === undefined ? undefined : items[pressed]);
  }
  const titles = others.map(titleOf);
  const goesOn = screen.asked({ kind: 'modal', title: text, detail: options.detail ?? '', labels: titles });
  return Promise.resolve(goesOn ? others[screen.person.button?.(titles) ?? 0] : undefined);
}

const shownDocument = (document: Uri | { readonly uri: Uri }): Promise<object> => {
  const uri = document instanceof Uri ? document : document.uri;
  effect(`editor: ${String(uri)}`);
  return Promise.resolve({});
};

export const window = {
  showInformationMessage: message,
  showWarningMessage: message,
  showErrorMessage: message,
  createQuickPick: (): QuickPick => new QuickPick(),
  createInputBox: (): InputBox => new InputBox(),
  showSaveDialog: ({
    title = '',
    defaultUri,
  }: {
    title?: string;
    defaultUri?: Uri;
  }): Promise<Uri | undefined> => {
    screen.asked({ kind: 'file', title, detail: '', labels: [String(defaultUri)] });
    return Promise.resolve(defaultUri);
  },
  showTextDocument: shownDocument,
  createTerminal: ({ name }: { name: string }): object => {
    effect(`terminal: ${name}`);
    return {
      name,
      show: () => effect(`terminal shown: ${name}`),
      sendText: (text: string) => effect(`typed: ${text}`),
    };
  },
  createOutputChannel: (): object => ({
    show: () => effect('log shown'),
    info: noEvent,
    warn: noEvent,
    error: noEvent,
  }),
  withProgress: (_: unknown, task: (progress: object, token: object) => unknown): unknown =>
    task({ report: noEvent }, { onCancellationRequested: noEvent }),
  onDidOpenTerminal: noEvent,
  onDidCloseTerminal: noEvent,
  onDidChangeTerminalShellIntegration: noEvent,
  onDidChangeWindowState: noEvent,
  terminals: [],
  state: { focused: true, active: true },
  tabGroups: {
    all: [],
    activeTabGroup: {},
    onDidChangeTabs: noEvent,
    onDidChangeTabGroups: noEvent,
    close: noEvent,
  },
};

export const workspace = {
  isTrusted: true,
  textDocuments: [],
  get workspaceFolders(): readonly object[] {
    return screen.folder === undefined ? [] : [{ uri: Uri.file(screen.folder), name: 'infra', index: 0 }];
  },
  getConfiguration: () => ({
    get: (key: string): unknown => screen.settings[key],
    inspect: (): undefined => undefined,
    update: (key: string): void => effect(`setting: ${key}`),
  }),
  onDidChangeConfiguration: noEvent,
  onDidCloseTextDocument: noEvent,
  registerTextDocumentContentProvider: noEvent,
  asRelativePath: ({ path }: Uri): string => path,
  openTextDocument: (uri: Uri): Promise<object> => Promise.resolve({ uri, positionAt: () => 0 }),
  applyEdit: (): Promise<boolean> => {
    effect('workspace edit');
    return Promise.resolve(true);
  },
  fs: {
    stat: async (uri: Uri): Promise<object> => {
      const { size, mtimeMs } = await stat(uri.path);
      return { type: 2, size, mtime: mtimeMs };
    },
    readDirectory: async (uri: Uri): Promise<readonly (readonly [string, number])[]> =>
      (await readdir(uri.path)).map((name) => [name, 1] as const),
    readFile: (uri: Uri): Promise<Buffer> => readFile(uri.path),
    writeFile: (uri: Uri): void => effect(`file: ${uri.path}`),
  },
};

export const commands = {
  executeCommand: (id: string, argument: unknown): Promise<unknown> => {
    if (id.startsWith('jitAccess.')) return screen.runCommand(id, argument);
    effect(`command: ${id}`);
    return Promise.resolve();
  },
  registerCommand: noEvent,
};
export const env = {
  clipboard: { writeText: (): void => effect('clipboard') },
  remoteName: undefined,
  language: 'en',
};
export const extensions = { getExtension: (): undefined => undefined };
export const languages = { registerCodeLensProvider: noEvent };
export class EventEmitter {
  readonly event = noEvent;
  readonly fire = noEvent;
  readonly dispose = noEvent;
}
export const Disposable = { from: () => none };
/* eslint-disable @typescript-eslint/no-extraneous-class -- only compared with `instanceof` or made and passed on */
export class Range {}
export class Position {}
export class CodeLens {}
export class ThemeIcon {}
export class ThemeColor {}
export class TabInputText {}
export class TabInputTextDiff {}
export class WorkspaceEdit {}
/* eslint-enable @typescript-eslint/no-extraneous-class */
export class FileSystemError extends Error {}
export const QuickInputButtons = { Back: {} };
export const QuickPickItemKind = { Separator: -1 };
export const ProgressLocation = { Window: 10, Notification: 15 };
export const InputBoxValidationSeverity = { Info: 1, Warning: 2, Error: 3 };
export const ConfigurationTarget = { Global: 1 };
export const FileType = { File: 1, Directory: 2, SymbolicLink: 64 };
export const ExtensionKind = { UI: 1, Workspace: 2 };
export const TerminalExitReason = { Shutdown: 1 };
