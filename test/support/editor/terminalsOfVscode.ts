// A stand-in for the part of VS Code that `src/editor/terminals` uses. Real terminals are tested in host and e2e.
import { registerHooks } from 'node:module';
import type * as elevated from '../../../src/editor/terminals/terminals.ts';

/** A terminal that VS Code shows. */
export class FakeTerminal {
  readonly processId: Promise<number | undefined>;
  readonly name: string;
  readonly creationOptions: { readonly env?: object };
  exitStatus: { readonly reason: number } | undefined;

  constructor(pid: number | undefined, options: { readonly env?: object } = {}) {
    this.processId = Promise.resolve(pid);
    this.name = 'shell';
    this.creationOptions = options;
  }

  show(): void {
    return undefined;
  }

  /** Closed by an extension. */
  dispose(): void {
    fakeVscode.close(this, reasons.Extension);
  }
}

const reasons = { Unknown: 0, Shutdown: 1, Process: 2, User: 3, Extension: 4 };

class FakeEmitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void) => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) listener(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

/** The state of the stand-in. */
export const fakeVscode = {
  terminals: [] as FakeTerminal[],
  opened: new FakeEmitter<FakeTerminal>(),
  closed: new FakeEmitter<FakeTerminal>(),
  /** The process id of the next terminal that the extension opens. */
  nextPid: 1,
  reasons,

  /** VS Code opens or revives a terminal. */
  open(terminal: FakeTerminal): FakeTerminal {
    this.terminals.push(terminal);
    this.opened.fire(terminal);
    return terminal;
  },

  /** A terminal is closed, for a reason. */
  close(terminal: FakeTerminal, reason: number): void {
    terminal.exitStatus = { reason };
    this.terminals = this.terminals.filter((other) => other !== terminal);
    this.closed.fire(terminal);
  },
};

const api = {
  EventEmitter: FakeEmitter,
  Disposable: {
    from: (...parts: readonly { dispose(): unknown }[]) => ({
      dispose: () => parts.forEach((part) => part.dispose()),
    }),
  },
  ThemeIcon: Object,
  ThemeColor: Object,
  Uri: { file: (path: string) => path },
  TerminalExitReason: reasons,
  env: { shell: '/bin/sh' },
  workspace: {
    workspaceFolders: [],
    getConfiguration: () => ({ get: () => undefined, inspect: () => undefined }),
  },
  window: {
    get terminals() {
      return fakeVscode.terminals;
    },
    createTerminal: (options: { readonly env?: object }) =>
      fakeVscode.open(new FakeTerminal(fakeVscode.nextPid, options)),
    onDidOpenTerminal: fakeVscode.opened.event,
    onDidCloseTerminal: fakeVscode.closed.event,
  },
};

/** Added to the URLs of modules that use this stand-in, because another test of the process may have loaded them. */
const mark = '?stand-in=terminals';

/** Loads the elevated terminals on the stand-in. */
export async function loadElevatedTerminals(): Promise<typeof elevated.ElevatedTerminals> {
  Object.assign(globalThis, { jitFakeVscode: api });
  const names = Object.keys(api);
  const text = `export const { ${names.join(', ')} } = globalThis.jitFakeVscode;`;
  const url = `data:text/javascript,${encodeURIComponent(text)}`;
  const hooks = registerHooks({
    resolve: (name, context, next) => {
      if (context.parentURL?.endsWith(mark) !== true) return next(name, context);
      if (name === 'vscode') return { url, format: 'module', shortCircuit: true };
      const resolved = next(name, context);
      return resolved.url.includes('/src/editor/') ? { ...resolved, url: resolved.url + mark } : resolved;
    },
  });
  try {
    const terminals = new URL(`../../../src/editor/terminals/terminals.ts${mark}`, import.meta.url);
    return ((await import(terminals.href)) as typeof elevated).ElevatedTerminals;
  } finally {
    hooks.deregister();
  }
}
