import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { Core } from '../../../src/core.ts';
import { readState, type StoredRequest } from '../../../demo/server/serverState.ts';

/** The cluster this run is on, as the harness made it. */
export const cluster = JSON.parse(process.env['JIT_TEST_CLUSTER'] ?? '{}') as {
  readonly dir: string;
  readonly tsh: string;
  readonly homes: Readonly<Record<string, string>>;
};

export function extension(): vscode.Extension<Core> {
  const found = vscode.extensions.getExtension<Core>('jit-access.jit-access');
  assert.ok(found, 'The extension is not there.');
  return found;
}

/** What acts, as the extension hands it out in tests. */
export const core = async (): Promise<Core> => extension().activate();

/** The manifest as it is in the repository, its words not filled in. */
export function manifest(): unknown {
  return JSON.parse(readFileSync(join(extension().extensionPath, 'package.json'), 'utf8'));
}

/** Runs tsh as a person does in a plain shell. */
export async function tsh(person: string, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, TELEPORT_HOME: cluster.homes[person] };
  return (await promisify(execFile)(cluster.tsh, args, { env })).stdout;
}

/** Asks outside VS Code. @returns the id */
export async function createRequest(role: string, reason: string): Promise<string> {
  const output = await tsh('alice', 'request', 'create', `--roles=${role}`, `--reason=${reason}`, '--nowait');
  return /Request ID:\s+(\S+)/.exec(output)?.[1] ?? '';
}

/** Every request the cluster knows, as it is now. */
export function clusterRequests(): StoredRequest[] {
  return readState(cluster.dir).requests.flatMap(({ now }) => now ?? []);
}

/** The calls of tsh so far that went through the search path. */
export function recordedCalls(): readonly string[] {
  try {
    return readFileSync(process.env['JIT_TEST_CALLS'] ?? '', 'utf8')
      .split('\n')
      .filter(Boolean);
  } catch {
    return [];
  }
}

/** Looks again and again until something is so; `poke` is done before every look. */
export async function until(
  description: string,
  condition: () => boolean,
  beforeCheck: () => unknown = () => undefined,
): Promise<void> {
  const signal = AbortSignal.timeout(15_000);
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

/** The private homes on the disk lie here. */
const homesFolder = join(process.env['XDG_RUNTIME_DIR'] ?? dirname(cluster.dir), 'jit-access');

/** The private homes on the disk; beside them lie the turns on homes. */
export const privateHomes = (): string[] =>
  existsSync(homesFolder) ? readdirSync(homesFolder).filter((name) => /^[0-9a-f]{32}$/.test(name)) : [];
