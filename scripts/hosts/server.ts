import { EventEmitter } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ProcessGroup, startGroup } from './group.ts';
import { quietSettings } from './settings.ts';
import { ensureServer, type VscodeRelease } from './vscode.ts';

/** What one person's VS Code server is started with. */
export interface ServerOptions {
  readonly release: VscodeRelease;
  /** The workspace folder that windows open, an absolute path. */
  readonly folder: string;
  /** This person's settings and state; start again with the same folder to restart. */
  readonly userData: string;
  /** Folders of extensions under development. */
  readonly extensions?: readonly string[];
  /** Folder with installed extensions. */
  readonly installed?: string;
  /** Added to a cleaned copy of this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** User settings beside the quiet ones. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** True: a folder starts in Restricted Mode. Default: every folder is trusted. */
  readonly trust?: boolean;
  /** Default: a free one. */
  readonly port?: number;
}

/** A VS Code server of one person. */
export interface Server {
  readonly port: number;
  readonly folder: string;
  /** The address of a window; `payload` is added to what loads the extensions under development, if any. */
  url(payload?: readonly (readonly [string, string])[]): string;
  /** A file of this machine as the window names it. */
  fileUri(path: string): string;
  /** Everything the server has printed. */
  log(this: void): string;
  /** Settles when the server prints such a line, or has. */
  waitForLine(this: void, line: RegExp): Promise<void>;
  /** Settles when the server is gone. */
  readonly ended: Promise<void>;
  kill(this: void, signal: NodeJS.Signals): void;
  stop(this: void): Promise<void>;
}

/** Variables that would make a host behave as the terminal or the npm it was started from. */
const foreign = /^(npm_|NODE_|VSCODE_|ELECTRON_|TELEPORT_|JIT_|INIT_CWD$)/i;

/** Without this the server looks for extensions in a gallery on the internet. */
const noGallery = { EXTENSIONS_GALLERY: '{"serviceUrl":""}' };

const cleanEnvironment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));

async function writeSettings(userData: string, settings: ServerOptions['settings']): Promise<void> {
  const folder = join(userData, 'User');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

/** Collects what a group prints, and tells of lines that somebody waits for. */
function listen({ child }: ProcessGroup): Pick<Server, 'log' | 'says'> {
  const lines: string[] = [];
  const heard = new EventEmitter().setMaxListeners(0);
  for (const stream of [child.stdout, child.stderr])
    if (stream) createInterface(stream).on('line', (line) => heard.emit('line', lines.push(line)));
  return {
    log: () => lines.join('\n'),
    waitForLine: (wanted) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!lines.some((line) => wanted.test(line))) return;
          heard.off('line', look);
          resolve();
        };
        heard.on('line', look);
        look();
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
    // Else a login shell is asked for the environment, and /etc/profile puts a PATH of its own.
    '--force-disable-user-env',
    // A built workbench takes extensions under development from the address only with this.
    ...(options.extensions ? ['--enable-smoke-test-driver'] : []),
    ...(options.trust ? [] : ['--disable-workspace-trust']),
  ];
  const group = startGroup(build.node, args, { ...cleanEnvironment(), ...noGallery, ...options.env });
  const output = listen(group);
  const listening = /agent listening on (\d+)/;
  const early = group.ended.then(() => Promise.reject(new Error(`No VS Code server:\n${output.log()}`)));
  await Promise.race([output.waitForLine(listening), early]);
  const port = Number(listening.exec(output.log())?.[1]);
  const file = (path: string): string => `vscode-remote://127.0.0.1:${port}${path}`;
  const loaded = (options.extensions ?? []).map((path) => ['extensionDevelopmentPath', file(path)] as const);
  return {
    port,
    folder: options.folder,
    fileUri: file,
    url(payload = []) {
      const all = [...loaded, ...payload];
      const query = new URLSearchParams({ folder: options.folder, payload: JSON.stringify(all) });
      return `http://127.0.0.1:${port}/${all.length ? `?${query.toString()}` : ''}`;
    },
    ...output,
    ended: group.ended,
    kill: group.kill,
    // deactivate() has about 5 s.
    stop: () => group.stop(7_000),
  };
}
