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

/**
 * Whether to run VS Code for the desktop and not as a server. JIT_HOST (`desktop` or `server`) decides;
 * without it, true where a display exists.
 */
export function useDesktop(): boolean {
  const choice = process.env['JIT_HOST'];
  if (choice) return choice === 'desktop';
  if (process.platform === 'linux') return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
  return !process.env['CI'];
}

/**
 * Returns arguments that separate the desktop window of one user from the VS Code of the machine's real user.
 */
async function desktopArguments(person: TestPerson): Promise<string[]> {
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

/** Returns the user's environment for a desktop window, which needs the real home and runtime folders. */
function desktopEnvironment(person: TestPerson): Record<string, string> {
  const { HOME, XDG_RUNTIME_DIR } = process.env;
  const realFolders = { ...(HOME && { HOME }), ...(XDG_RUNTIME_DIR && { XDG_RUNTIME_DIR }) };
  return { ...person.env, ...realFolders, KUBECONFIG: join(person.folder, 'kubeconfig') };
}

/** Returns the `code` program of this machine, or downloads VS Code. */
async function codeProgram(): Promise<string> {
  const { exitCode } = await execa('code', ['--version'], { reject: false });
  if (exitCode === 0) return 'code';
  return resolveCliPathFromVSCodeExecutablePath(await downloadAndUnzipVSCode(vscodeVersion('newest')));
}

/**
 * Opens a desktop window for each user, and waits until all windows are closed or the user presses Ctrl-C.
 */
export async function openDesktop(people: readonly TestPerson[]): Promise<void> {
  const program = await codeProgram();
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const windows = people.map(async (person) => {
    const args = [...(await desktopArguments(person)), `--extensionDevelopmentPath=${root}`, '--wait'];
    const options = { env: desktopEnvironment(person), cancelSignal: interrupted.signal, reject: false };
    return execa(program, args, options);
  });
  console.log(`${people.length} windows open. Close all, or press Ctrl-C, to end.`);
  await Promise.all(windows);
}

/**
 * Runs the host suites in a desktop VS Code. It is downloaded from the VS Code update server where it is
 * missing.
 */
export async function runInDesktop(
  release: VscodeRelease,
  person: TestPerson,
  env: Record<string, string>,
): Promise<void> {
  await runTests({
    version: vscodeVersion(release),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'dist-test', 'index.cjs'),
    extensionTestsEnv: { ...desktopEnvironment(person), ...env },
    launchArgs: await desktopArguments(person),
  }).catch((error: unknown) => console.error(error));
}
