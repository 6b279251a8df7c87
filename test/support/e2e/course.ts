import { execa } from 'execa';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import type { TestPerson } from '../../../scripts/hosts/people.ts';
import type { Fault } from '../../../demo/client/faults.ts';
import { type StoredRequest, changeState, readState } from '../../../demo/server/serverState.ts';
import { waitLimit } from '../waitLimit.ts';
import type { Workbench } from './workbench.ts';
import type { E2eFixture } from './e2eFixture.ts';

/** The id of the extension's status bar item. */
export const statusItemId = 'jitAccess';

/** Converts minutes to ms. */
export const minutes = (count: number): number => count * 60_000;

/**
 * Polls a condition outside the browser: a file, a process or the state of the cluster.
 * @throws Error after `waitLimit`.
 */
export async function until(description: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const signal = AbortSignal.timeout(waitLimit);
  try {
    for await (const check of setInterval(100, condition, { signal })) if (await check()) return;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  assert.fail(`It never came to this: ${description}`);
}

/** Runs tsh as a person in an ordinary shell. */
export async function tsh(
  fixture: E2eFixture,
  person: string,
  ...args: readonly string[]
): Promise<{ exitCode?: number; stdout: string; stderr: string }> {
  const env = { TELEPORT_HOME: fixture.demo.homes[person]! };
  return execa(fixture.demo.tsh, args, { env, reject: false });
}

/** Runs tctl as a person in an ordinary shell. @throws Error when it fails. */
export async function tctl(fixture: E2eFixture, person: string, ...args: readonly string[]): Promise<void> {
  const env = { TELEPORT_HOME: fixture.demo.homes[person]! };
  const { exitCode, stderr } = await execa(fixture.demo.tctl, args, { env, reject: false });
  assert.equal(exitCode, 0, stderr);
}

/** Options of a request that is created outside VS Code. */
interface RequestOptions {
  readonly as?: string;
  readonly role?: string;
  readonly reason?: string;
}

/** Creates a request outside VS Code. @returns its id */
export async function createRequest(fixture: E2eFixture, options: RequestOptions = {}): Promise<string> {
  const { as = 'alice', role = 'kube-admin', reason = 'INC-4711 the pods of XYZ crash' } = options;
  const args = ['request', 'create', `--roles=${role}`, `--reason=${reason}`, '--nowait'];
  const { stdout, stderr } = await tsh(fixture, as, ...args);
  const id = /Request ID:\s+(\S+)/.exec(stdout)?.[1];
  assert.ok(id, stderr);
  return id;
}

/** Decides a request outside VS Code. */
export async function decide(
  fixture: E2eFixture,
  id: string,
  verdict: 'approve' | 'deny',
  by = 'rita',
  reason = 'go',
): Promise<void> {
  const { exitCode, stderr } = await tsh(
    fixture,
    by,
    'request',
    'review',
    `--${verdict}`,
    `--reason=${reason}`,
    id,
  );
  assert.equal(exitCode, 0, stderr);
}

/** Creates a request of alice's and approves it as rita, both outside VS Code. @returns its id */
export async function createApprovedRequest(
  fixture: E2eFixture,
  options: RequestOptions = {},
): Promise<string> {
  const id = await createRequest(fixture, options);
  await decide(fixture, id, 'approve');
  return id;
}

/** Returns all requests of the cluster in their current state. */
export function clusterRequests(fixture: E2eFixture): StoredRequest[] {
  return readState(fixture.demo.dir).requests.flatMap(({ now }) => now ?? []);
}

/** Removes every request from the cluster, as the server does with old ones. */
export function forgetRequests(fixture: E2eFixture): void {
  changeState(fixture.demo.dir, (state) => (state.requests = []));
}

/** Changes an approved request to denied, as an administrator does. Access in use continues. */
export function withdrawApproval(fixture: E2eFixture, id: string): void {
  changeState(fixture.demo.dir, ({ requests: all }) => {
    for (const stored of all) if (stored.now?.id === id) stored.now = { ...stored.now, state: 3 };
  });
}

/** Sets the faults of the cluster's programs. Without faults they work again. */
export function setFaults(fixture: E2eFixture, ...faults: readonly Fault[]): void {
  writeFileSync(join(fixture.demo.dir, 'faults.json'), JSON.stringify(faults));
}

/** Whether every fault that was set for one call has met its call. */
export const faultsAreUsed = (fixture: E2eFixture): boolean =>
  (JSON.parse(readFileSync(join(fixture.demo.dir, 'faults.json'), 'utf8')) as Fault[]).every(
    ({ times }) => times === 0,
  );

/** Returns the folder of a person's private homes. */
export const homesFolder = (person: TestPerson): string => join(person.env['XDG_RUNTIME_DIR']!, 'jit-access');

/** Returns the names of a person's private homes on the disk. */
export function privateHomes(person: TestPerson): readonly string[] {
  try {
    // The folder also holds the locks of homes.
    return readdirSync(homesFolder(person)).filter((name) => /^[0-9a-f]{32}$/.test(name));
  } catch {
    return [];
  }
}

/** Returns the digest of every file below a folder, to compare the folder byte by byte. */
export function folderDigests(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return Object.fromEntries(
    files
      .map((file) => join(file.parentPath, file.name))
      .sort()
      .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

/** Shows the extension's views. */
export async function openViews(window: Workbench): Promise<void> {
  await window.openContainer('JIT Access');
  await window.view('My Access').pane.waitFor();
}

/** Opens an elevated terminal from the row of an approved request and waits for its shell. */
export async function elevate(window: Workbench, role = 'kube-admin'): Promise<void> {
  await window.accessRow(new RegExp(`${role}.*(ready|usable again)`)).button('Open Elevated Terminal');
  await window.waitForStatus(statusItemId, new RegExp(`${role} \\d`));
  await window.terminal.prompt();
}

/** Runs a line in the active terminal and waits for a line of output that matches. @returns the match */
export const runAndRead = (window: Workbench, line: string, printed: RegExp): Promise<string> =>
  window.terminal.read(line, printed);

/** Answers the request form from its step `why` on with default answers, up to the step `send`. */
export async function answerForm(window: Workbench, reason: string): Promise<void> {
  const { input } = window;
  await input.step(/why/);
  await input.typeAndEnter(reason);
  await input.step(/how long/);
  await input.pick('1 h');
  await input.step(/who/);
  await input.accept();
  await input.step(/send/);
}

/** Begins a new request from the palette. Skips the list of existing access when the extension shows it. */
export async function newRequest(window: Workbench): Promise<void> {
  const { input } = window;
  await window.runCommand('JIT Access: Request Access…');
  if (!/what/.test(await input.title(/^Request Access($|: what)/))) await input.pick('New request…');
  await input.step(/: what/);
}

/**
 * Begins a new request and continues to the reason. Confirms a duplicate when the role is requested already.
 */
export async function beginRequest(window: Workbench, role = 'kube-admin'): Promise<void> {
  const { input } = window;
  await newRequest(window);
  await input.pick(role);
  await confirmDuplicate(window, role);
}

/** Continues to the reason. When access to the same role exists, confirms the duplicate request. */
async function confirmDuplicate({ input }: Workbench, role: string): Promise<void> {
  if (!/why/.test(await input.title(/: (why|already there)/)))
    await input.pick(`Ask for ${role} all the same`);
  await input.step(/: why/);
}

/** Continues a request that was begun and not sent. */
export async function continueDraft(window: Workbench, role = 'kube-admin'): Promise<void> {
  await window.runCommand('JIT Access: Request Access…');
  // Of several drafts the one that was edited last comes first.
  await window.input.row(`Go on with ${role}`).first().click();
  await confirmDuplicate(window, role);
}

/** Sends a request from the palette with default answers. */
export async function sendRequest(window: Workbench, reason: string): Promise<void> {
  await beginRequest(window);
  await answerForm(window, reason);
  await window.input.pick('Send Request');
}

/** Clears all notifications, so that a test waits for the next one. */
export async function clearNotifications(window: Workbench): Promise<void> {
  await window.runCommand('Notifications: Clear All Notifications');
  await window.page
    .locator('.notifications-toasts .notification-list-item')
    .first()
    .waitFor({ state: 'hidden' });
}

/** Types a password into the terminal that asks for one. */
export async function typePassword(window: Workbench, text: string): Promise<void> {
  await window.terminal.shows(/Enter password for Teleport user alice/);
  await window.terminal.screen.click();
  await window.page.keyboard.type(`${text}\n`);
}
