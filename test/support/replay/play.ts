// What the scripts are written with: one test a recording, on the cluster of the script.
import assert from 'node:assert/strict';
import { Stage } from './replayCluster.ts';
import type { DemoEdition } from '../../../demo/resources/roles.ts';

/** Recordings that the demo does not print the same, each with the reason. */
export const exceptions: Readonly<Record<string, string>> = {};

/** Names of recordings that are played, and of those that matched. */
export const played = new Set<string>();
export const matched = new Set<string>();

let open: Stage | undefined;

/** The cluster that is being played on. */
export const stage = (): Stage => open ?? assert.fail('no cluster is open');

/** A script on a new cluster; everybody signs in at `time`. */
export function onCluster(edition: DemoEdition, title: string, time: string, script: () => void): void {
  describe(`${title} (${edition}, as recorded)`, function () {
    this.timeout(30_000);
    before(async () => {
      open = await Stage.open(edition, time);
    });
    after(() => open?.close());
    script();
  });
}

export type Step = () => Promise<unknown>;

/** One test a recording; `before` are the steps between it and the one before. */
export function plays(name: string, home: string, ...before: Step[]): void {
  compares(name, async () => {
    for (const step of before) await step();
    await stage().play(name, home);
  });
}

/** The same for several recordings that follow each other. */
export function playsAll(home: string, ...names: readonly string[]): void {
  for (const name of names) plays(name, home);
}

/** A recording that takes more than running its arguments. */
export function compares(name: string, step: Step): void {
  played.add(name);
  it(name, async () => {
    const reason = exceptions[name];
    if (reason === undefined) {
      await step();
      matched.add(name);
    } else {
      await assert.rejects(step(), assert.AssertionError, `${name} matches now`);
    }
  });
}

export const at = (time: string) => (): Promise<void> => stage().at(time);
export const run = (home: string, argv: readonly string[], id?: string) => (): Promise<unknown> =>
  stage().run(home, argv, id);
export const copy = (from: string, to: string) => (): Promise<void> => stage().copy(from, to);
/** Starts a recording that waits; it is compared when it has finished. */
export const begins = (name: string, home: string) => (): Promise<void> => stage().begin(name, home);
export const caughtUp = (): Promise<void> => stage().caughtUp();
export const signIn =
  (person: string, time: string, home = person, ttlMinutes?: number) =>
  (): Promise<void> =>
    stage().signIn(person, time, home, ttlMinutes);
/** Makes a request; `id` is the recorded one, which says when it was made. */
export const asks = (home: string, id: string, reason: string, ...flags: string[]): Step => {
  const roles = flags.some((flag) => flag.startsWith('--roles')) ? [] : ['--roles=kube-admin'];
  return run(home, ['tsh', 'request', 'create', ...roles, `--reason=${reason}`, '--nowait', ...flags], id);
};
export const approves = (person: string, id: string, ...flags: string[]): Step =>
  run(person, ['tsh', 'request', 'review', '--approve', ...flags, id]);
export const decrees = (person: string, id: string): Step => run(person, ['tctl', 'requests', 'approve', id]);
export const assumes = (home: string, id: string): Step => run(home, ['tsh', 'login', `--request-id=${id}`]);
