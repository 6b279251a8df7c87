import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ProcessGroup, startGroup } from './processGroup.ts';
import { quietSettings } from './settings.ts';
import { ensureServer, type VscodeRelease } from './vscode.ts';

/** Options for the VS Code server of one user. */
export interface ServerOptions {
  readonly release: VscodeRelease;
  /** The absolute path of the workspace folder that windows open. */
  readonly folder: string;
  /** The folder with the user's settings and state. The same folder again makes a restart. */
  readonly userData: string;
  /** Folders of extensions under development. */
  readonly extensions?: readonly string[];
  /** The folder with installed extensions. */
  readonly installed?: string;
  /** Variables in addition to a cleaned copy of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** User settings in addition to `quietSettings`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether a folder starts in Restricted Mode. By default every folder is trusted. */
  readonly trust?: boolean;
  /** The port to listen on; by default a free one. */
  readonly port?: number;
}

/** The running VS Code server of one user. */
export interface Server {
  readonly port: number;
  readonly folder: string;
  /**
   * Returns the address of a window. `payload` is added to the entries that load extensions under
   * development.
   */
  url(payload?: readonly (readonly [string, string])[]): string;
  /** Returns the URI by which a window names a file of this machine. */
  fileUri(path: string): string;
  /** Returns everything that the server has printed so far. */
  log(this: void): string;
  /** Settles when the server prints a matching line, or at once if it has printed one already. */
  waitForLine(this: void, line: RegExp): Promise<void>;
  /** Settles when the server has ended. */
  readonly ended: Promise<void>;
  kill(this: void, signal: NodeJS.Signals): void;
  stop(this: void): Promise<void>;
}

/** Variables of the surrounding terminal or npm, which would change the behaviour of an extension host. */
const removedVariables = /^(npm_|NODE_|VSCODE_|ELECTRON_|TELEPORT_|JIT_|INIT_CWD$)/i;

/** Keeps the server from looking for extensions in a gallery on the internet. */
const noGallery = { EXTENSIONS_GALLERY: '{"serviceUrl":""}' };

const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !removedVariables.test(name)));

async function writeSettings(userData: string, settings: ServerOptions['settings']): Promise<void> {
  const folder = join(userData, 'User');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

/** Collects the output of a process group, and lets callers wait for a line of it. */
function collectOutput({ child }: ProcessGroup): Pick<Server, 'log' | 'waitForLine'> {
  const lines: string[] = [];
  const events = new EventEmitter().setMaxListeners(0);
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface(stream).on('line', (line) => events.emit('line', lines.push(line)));
  return {
    log: () => lines.join('\n'),
    waitForLine: (pattern) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!lines.some((line) => pattern.test(line))) return;
          events.off('line', check);
          resolve();
        };
        events.on('line', check);
        check();
      }),
  };
}

/** Starts a VS Code server and waits until it listens. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const build = await ensureServer(options.release);
  await writeSettings(options.userData, options.settings);
  const args = [
    build.main,
    '--host=127.0.0.1',
    `--port=${options.port ?? 0}`,
    '--without-connection-token',
    '--accept-server-license-terms',
    `--default-folder=${options.folder}`,
    `--user-data-dir=${options.userData}`,
    `--extensions-dir=${options.installed ?? join(options.userData, 'extensions')}`,
    '--disable-telemetry',
    '--disable-experiments',
    // Otherwise the server reads the environment from a login shell, where /etc/profile replaces PATH.
    '--force-disable-user-env',
    // A built workbench accepts extensions under development from the address only with this flag.
    ...(options.extensions ? ['--enable-smoke-test-driver'] : []),
    ...(options.trust ? [] : ['--disable-workspace-trust']),
  ];
  const group = startGroup(build.node, args, { ...cleanEnvironment(), ...noGallery, ...options.env });
  const output = collectOutput(group);
  const listening = /agent listening on (\d+)/;
  const endedEarly = group.ended.then(() => Promise.reject(new Error(`No VS Code server:\n${output.log()}`)));
  await Promise.race([output.waitForLine(listening), endedEarly]);
  const port = Number(listening.exec(output.log())?.[1]);
  const file = (path: string): string => `vscode-remote://127.0.0.1:${port}${path}`;
  const developed = (options.extensions ?? []).map(
    (path) => ['extensionDevelopmentPath', file(path)] as const,
  );
  return {
    port,
    folder: options.folder,
    fileUri: file,
    url(payload = []) {
      const entries = [...developed, ...payload];
      const query = new URLSearchParams({ folder: options.folder, payload: JSON.stringify(entries) });
      return `http://127.0.0.1:${port}/${entries.length ? `?${query.toString()}` : ''}`;
    },
    ...output,
    ended: group.ended,
    kill: group.kill,
    // deactivate() of an extension may take about 5 s.
    stop: () => group.stop(7_000),
  };
}
