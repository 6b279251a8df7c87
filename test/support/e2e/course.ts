import { execa } from 'execa';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import type { TestPerson } from '../../../scripts/hosts/people.ts';
import type { Fault } from '../../../demo/client/faults.ts';
import { type StoredRequest, changeState, readState } from '../../../demo/server/serverState.ts';
import type { Workbench } from './workbench.ts';
import type { E2eFixture } from './world.ts';

/** The id of our status bar item. */
export const statusItemId = 'jitAccess';

export const minutes = (count: number): number => count * 60_000;

/** Waits until something outside the browser is so: a file, a process, what the cluster knows. */
export async function until(description: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const signal = AbortSignal.timeout(40_000);
  try {
    for await (const check of setInterval(100, condition, { signal })) if (await check()) return;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  assert.fail(`It never came to this: ${description}`);
}

/** Runs tsh as a person does in a plain shell. */
export async function tsh(
  fixture: E2eFixture,
  person: string,
  ...args: readonly string[]
): Promise<{ exitCode?: number; stdout: string; stderr: string }> {
  const env = { TELEPORT_HOME: fixture.demo.homes[person]! };
  return execa(fixture.demo.tsh, args, { env, reject: false });
}

/** Runs tctl as a person does in a plain shell. */
export async function tctl(fixture: E2eFixture, person: string, ...args: readonly string[]): Promise<void> {
  const env = { TELEPORT_HOME: fixture.demo.homes[person]! };
  const { exitCode, stderr } = await execa(fixture.demo.tctl, args, { env, reject: false });
  assert.equal(exitCode, 0, stderr);
}

/** What a request made outside VS Code may have different from the usual. */
interface RequestOptions {
  readonly as?: string;
  readonly role?: string;
  readonly reason?: string;
}

/** Asks outside VS Code. @returns the id */
export async function createRequest(fixture: E2eFixture, options: RequestOptions = {}): Promise<string> {
  const { as = 'alice', role = 'kube-admin', reason = 'INC-4711 the pods of XYZ crash' } = options;
  const args = ['request', 'create', `--roles=${role}`, `--reason=${reason}`, '--nowait'];
  const { stdout, stderr } = await tsh(fixture, as, ...args);
  const id = /Request ID:\s+(\S+)/.exec(stdout)?.[1];
  assert.ok(id, stderr);
  return id;
}

/** Decides outside VS Code. */
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

/** A request of alice's that rita has approved, both outside VS Code. @returns the id */
export async function createApprovedRequest(fixture: E2eFixture, options: RequestOptions = {}): Promise<string> {
  const id = await createRequest(fixture, options);
  await decide(fixture, id, 'approve');
  return id;
}

/** Every request the cluster knows, as it is now. */
export function clusterRequests(fixture: E2eFixture): StoredRequest[] {
  return readState(fixture.demo.dir).requests.flatMap(({ now }) => now ?? []);
}

/** The cluster forgets every request, as it does with old ones. */
export function forgetRequests(fixture: E2eFixture): void {
  changeState(fixture.demo.dir, (state) => (state.requests = []));
}

/** An administrator takes an approval back; the access in use goes on. */
export function withdrawApproval(fixture: E2eFixture, id: string): void {
  changeState(fixture.demo.dir, ({ requests: all }) => {
    for (const stored of all) if (stored.now?.id === id) stored.now = { ...stored.now, state: 3 };
  });
}

/** From now on the cluster's programs fail like this; nothing: they work. */
export function setFaults(fixture: E2eFixture, ...faults: readonly Fault[]): void {
  writeFileSync(join(fixture.demo.dir, 'faults.json'), JSON.stringify(faults));
}

/** How often a fault was met. */
export function faultsLeft(fixture: E2eFixture): number {
  const faults = JSON.parse(readFileSync(join(fixture.demo.dir, 'faults.json'), 'utf8')) as Fault[];
  return faults.reduce((sum, { times = 0 }) => sum + times, 0);
}

/** Where this person's private homes lie. */
export const homesFolder = (person: TestPerson): string => join(person.env['XDG_RUNTIME_DIR']!, 'jit-access');

/** The private homes on the disk. */
export function privateHomes(person: TestPerson): readonly string[] {
  try {
    // Beside them lie the turns on homes.
    return readdirSync(homesFolder(person)).filter((name) => /^[0-9a-f]{32}$/.test(name));
  } catch {
    return [];
  }
}

/** The files of a folder with a digest of each: equal when the folder is, byte for byte. */
export function folderDigests(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return Object.fromEntries(
    files
      .map((file) => join(file.parentPath, file.name))
      .sort()
      .map((path) => [path, createHash('sha256').update(readFileSync(path)).digest('hex')]),
  );
}

/** Shows both our views. */
export async function openViews(window: Workbench): Promise<void> {
  await window.openContainer('JIT Access');
  await window.view('My Access').pane.waitFor();
}

/** Opens the elevated terminal of what is approved, from its row, and waits for its shell. */
export async function elevate(window: Workbench, role = 'kube-admin'): Promise<void> {
  await window
    .view('My Access')
    .row(new RegExp(`${role}.*(ready|usable again)`))
    .button('Open Elevated Terminal');
  await window.waitForStatus(statusItemId, new RegExp(`${role} \\d`));
  await window.terminal.prompt();
}

/** Runs a line in the active terminal and waits for what it prints, as a whole line. */
export async function runAndRead(window: Workbench, line: string, printed: RegExp): Promise<string> {
  await window.terminal.run(line);
  await window.terminal.shows(printed);
  return printed.exec(await window.terminal.text())?.[0] ?? '';
}

/** Answers the request form from `why` on, with the usual. */
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

/** Begins a new request from the palette; where something exists already, past the plan that names it. */
export async function newRequest(window: Workbench): Promise<void> {
  const { input } = window;
  await window.runCommand('JIT Access: Request Access…');
  if (!/what/.test(await input.title(/^Request Access($|: what)/))) await input.pick('New request…');
  await input.step(/: what/);
}

/** Begins a new request and goes on to the reason, past being told of what there is for the same role. */
export async function beginRequest(window: Workbench, role = 'kube-admin'): Promise<void> {
  const { input } = window;
  await newRequest(window);
  await input.pick(role);
  await confirmDuplicate(window, role);
}

/** Goes on to the reason, where something exists for the same role past being told so. */
async function confirmDuplicate({ input }: Workbench, role: string): Promise<void> {
  if (!/why/.test(await input.title(/: (why|already there)/)))
    await input.pick(`Ask for ${role} all the same`);
  await input.step(/: why/);
}

/** Goes on with a request that was begun and not sent. */
export async function continueDraft(window: Workbench, role = 'kube-admin'): Promise<void> {
  await window.runCommand('JIT Access: Request Access…');
  // Of several the one that was written last stands first.
  await window.input.row(`Go on with ${role}`).first().click();
  await confirmDuplicate(window, role);
}

/** Sends a request from the palette, with the usual answers. */
export async function sendRequest(window: Workbench, reason: string): Promise<void> {
  await beginRequest(window);
  await answerForm(window, reason);
  await window.input.pick('Send Request');
}

/** Takes every message away, so that the next one is the one waited for. */
export async function clearNotifications(window: Workbench): Promise<void> {
  await window.runCommand('Notifications: Clear All Notifications');
  await window.page
    .locator('.notifications-toasts .notification-list-item')
    .first()
    .waitFor({ state: 'hidden' });
}
