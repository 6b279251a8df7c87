import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Core } from '../../../src/core.ts';
import { readState, type StoredRequest } from '../../../demo/server/serverState.ts';
import { waitLimit } from '../waitLimit.ts';

/** The demo cluster that the harness created for this run. */
export const cluster = JSON.parse(process.env['JIT_TEST_CLUSTER'] ?? '{}') as {
  readonly dir: string;
  readonly tsh: string;
  readonly homes: Readonly<Record<string, string>>;
};

/** Returns the installed extension. */
export function extension(): vscode.Extension<Core> {
  const found = vscode.extensions.getExtension<Core>('jit-access.jit-access');
  assert.ok(found, 'The extension is not there.');
  return found;
}

/** Activates the extension and returns its core, which it exports in tests only. */
export const core = async (): Promise<Core> => extension().activate();

/** Returns package.json as it is in the repository, without localised texts. */
export function manifest(): unknown {
  return JSON.parse(readFileSync(join(extension().extensionPath, 'package.json'), 'utf8'));
}

/** Runs tsh as a person in an ordinary shell. */
export async function tsh(person: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, TELEPORT_HOME: cluster.homes[person] };
  return (await promisify(execFile)(cluster.tsh, args, { env })).stdout;
}

/** Creates a request outside VS Code. @returns its id */
export async function createRequest(role: string, reason: string): Promise<string> {
  const output = await tsh('alice', 'request', 'create', `--roles=${role}`, `--reason=${reason}`, '--nowait');
  return /Request ID:\s+(\S+)/.exec(output)?.[1] ?? '';
}

/** Returns all requests of the cluster in their current state. */
export function clusterRequests(): StoredRequest[] {
  return readState(cluster.dir).requests.flatMap(({ now }) => now ?? []);
}

/** Returns the calls so far of the tsh that is on the PATH. */
export function recordedCalls(): readonly string[] {
  try {
    return readFileSync(process.env['JIT_TEST_CALLS'] ?? '', 'utf8')
      .split('\n')
      .filter(Boolean);
  } catch {
    return [];
  }
}

/**
 * Polls until the condition is true, and calls `beforeCheck` between the checks.
 * @throws Error after `waitLimit`.
 */
export async function until(
  description: string,
  condition: () => boolean,
  beforeCheck: () => unknown = () => undefined,
): Promise<void> {
  const signal = AbortSignal.timeout(waitLimit);
  try {
    for await (const check of setInterval(50, condition, { signal })) {
      if (check()) return;
      await beforeCheck();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  assert.fail(`It never came to this: ${description}`);
}

/** The folder of the private homes. */
const homesFolder = join(process.env['XDG_RUNTIME_DIR'] ?? dirname(cluster.dir), 'jit-access');

/** Returns the names of the private homes on the disk. The folder also holds the locks of homes. */
export const privateHomes = (): string[] =>
  existsSync(homesFolder) ? readdirSync(homesFolder).filter((name) => /^[0-9a-f]{32}$/.test(name)) : [];
