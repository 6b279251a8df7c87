// Helpers for the replay scripts. A script defines one test for each recording, on a cluster of its own.
import assert from 'node:assert/strict';
import { ReplayCluster } from './replayCluster.ts';
import type { DemoEdition } from '../../../demo/resources/roles.ts';

/** The recordings that the demo does not reproduce, each with the reason. */
export const knownDifferences: Readonly<Record<string, string>> = {};

/** The names of the recordings that have a test, and of those that the demo reproduced. */
export const played = new Set<string>();
export const matched = new Set<string>();

let openCluster: ReplayCluster | undefined;

/** Returns the cluster of the running script. */
export const replayCluster = (): ReplayCluster => openCluster ?? assert.fail('no cluster is open');

/** Defines a script on a new cluster, on which everybody signs in at `time`. */
export function onCluster(edition: DemoEdition, title: string, time: string, script: () => void): void {
  describe(`${title} (${edition}, as recorded)`, () => {
    before(async () => {
      openCluster = await ReplayCluster.open(edition, time);
    });
    after(() => openCluster?.close());
    script();
  });
}

export type ReplayStep = () => Promise<unknown>;

/** Defines the test of a recording. The steps in `before` run between the previous recording and this one. */
export function testRecording(name: string, home: string, ...before: ReplayStep[]): void {
  testStep(name, async () => {
    for (const step of before) await step();
    await replayCluster().replay(name, home);
  });
}

/** Defines the tests of several recordings that follow each other. */
export function testRecordings(home: string, ...names: readonly string[]): void {
  for (const name of names) testRecording(name, home);
}

/** Defines the test of a recording that needs more than running its arguments. */
export function testStep(name: string, step: ReplayStep): void {
  played.add(name);
  it(name, async () => {
    const reason = knownDifferences[name];
    if (reason === undefined) {
      await step();
      matched.add(name);
    } else {
      await assert.rejects(step(), assert.AssertionError, `${name} matches now`);
    }
  });
}

export const setTime = (time: string) => (): Promise<void> => replayCluster().setTime(time);
export const runUnrecorded = (home: string, argv: readonly string[], id?: string) => (): Promise<unknown> =>
  replayCluster().runUnrecorded(home, argv, id);
export const copyHome = (from: string, to: string) => (): Promise<void> => replayCluster().copyHome(from, to);
/** Starts a recorded command that waits. Its output is compared when it has finished. */
export const startRecorded = (name: string, home: string) => (): Promise<void> =>
  replayCluster().start(name, home);
export const waitForLists = (): Promise<void> => replayCluster().waitForLists();
export const signIn =
  (person: string, time: string, home = person, ttlMinutes?: number) =>
  (): Promise<void> =>
    replayCluster().signIn(person, time, home, ttlMinutes);
/** Creates a request. `id` is the recorded id, which contains the time of creation. */
export const createRequest = (home: string, id: string, reason: string, ...flags: string[]): ReplayStep => {
  const roles = flags.some((flag) => flag.startsWith('--roles')) ? [] : ['--roles=kube-admin'];
  return runUnrecorded(
    home,
    ['tsh', 'request', 'create', ...roles, `--reason=${reason}`, '--nowait', ...flags],
    id,
  );
};
export const approveRequest = (person: string, id: string, ...flags: string[]): ReplayStep =>
  runUnrecorded(person, ['tsh', 'request', 'review', '--approve', ...flags, id]);
export const forceApproval = (person: string, id: string): ReplayStep =>
  runUnrecorded(person, ['tctl', 'requests', 'approve', id]);
export const assumeRequest = (home: string, id: string): ReplayStep =>
  runUnrecorded(home, ['tsh', 'login', `--request-id=${id}`]);
