import {
  downloadAndUnzipVSCode,
  resolveCliPathFromVSCodeExecutablePath,
  runTests,
} from '@vscode/test-electron';
import { execa } from 'execa';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../build.ts';
import type { TestPerson } from './people.ts';
import { quietSettings } from './settings.ts';
import { vscodeVersion, type VscodeRelease } from './vscode.ts';

/** True where windows can be drawn, or somebody says so. JIT_HOST is `desktop` or `server`. */
export function useDesktop(): boolean {
  const wish = process.env['JIT_HOST'];
  if (wish) return wish === 'desktop';
  if (process.platform === 'linux') return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  return !process.env['CI'];
}

/** The options that keep a desktop window of one person apart from the machine user's own VS Code. */
export async function desktopArguments(person: TestPerson): Promise<string[]> {
  await mkdir(join(person.userData, 'User'), { recursive: true });
  await writeFile(join(person.userData, 'User', 'settings.json'), JSON.stringify(quietSettings, null, 2));
  return [
    person.workspace,
    `--user-data-dir=${person.userData}`,
    `--extensions-dir=${join(person.folder, 'extensions')}`,
    '--disable-workspace-trust',
    '--skip-welcome',
    '--skip-release-notes',
  ];
}

/** The person's environment for a desktop window, which needs the real home folder and its runtime folder. */
export function desktopEnvironment(person: TestPerson): Record<string, string> {
  const { HOME, XDG_RUNTIME_DIR } = process.env;
  const own = { ...(HOME && { HOME }), ...(XDG_RUNTIME_DIR && { XDG_RUNTIME_DIR }) };
  return { ...person.env, ...own, KUBECONFIG: join(person.folder, 'kubeconfig') };
}

async function codeProgram(): Promise<string> {
  const { exitCode } = await execa('code', ['--version'], { reject: false });
  if (exitCode === 0) return 'code';
  return resolveCliPathFromVSCodeExecutablePath(await downloadAndUnzipVSCode(vscodeVersion('newest')));
}

/** Opens a desktop window for each person, and waits until all are closed or Ctrl-C ends them. */
export async function openDesktop(people: readonly TestPerson[]): Promise<void> {
  const program = await codeProgram();
  const over = new AbortController();
  process.once('SIGINT', () => over.abort());
  const windows = people.map(async (person) => {
    const args = [...(await desktopArguments(person)), `--extensionDevelopmentPath=${root}`, '--wait'];
    const options = { env: desktopEnvironment(person), cancelSignal: over.signal, reject: false };
    return execa(program, args, options);
  });
  console.log(`${people.length} windows open. Close all, or press Ctrl-C, to end.`);
  await Promise.all(windows);
}

/** Runs the suites in a desktop VS Code, fetched from its update server when it is not here yet. */
export async function runInDesktop(
  which: VscodeRelease,
  person: TestPerson,
  env: Record<string, string>,
): Promise<void> {
  await runTests({
    version: vscodeVersion(which),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'dist-test', 'index.cjs'),
    extensionTestsEnv: { ...desktopEnvironment(person), ...env },
    launchArgs: await desktopArguments(person),
  }).catch((error: unknown) => console.error(error));
}
