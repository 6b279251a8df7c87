// What the demo's auth server knows: one file, changed by one program at a time.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/state/clock.ts';
import type { ServerIdentity } from './tlsCertificate.ts';
import type { Node } from '../resources/sampleData.ts';
import type { StoredItem } from '../resources/resource.ts';
import type { DemoEdition, RoleThreshold } from '../resources/roles.ts';

/** States of a request as numbers, as the API has them. */
export const requestState = { pending: 1, approved: 2, denied: 3 } as const;
export const stateNames: Readonly<Record<number, string>> = { 1: 'PENDING', 2: 'APPROVED', 3: 'DENIED' };

export interface StoredReview {
  readonly author: string;
  readonly proposedState: number;
  readonly reason: string;
  /** ms */
  readonly created: number;
  /** The thresholds it counts for, as indexes. */
  readonly thresholds: readonly number[];
}

export interface ResourceId {
  readonly cluster: string;
  readonly kind: string;
  readonly name: string;
  readonly sub_resource?: string;
}

/** An access request. All times in ms since the epoch. */
export interface StoredRequest {
  readonly id: string;
  readonly user: string;
  readonly roles: readonly string[];
  readonly state: number;
  readonly created: number;
  /** `metadata.expires`: when the object goes; while pending, when it must have been decided. */
  readonly kept: number;
  /** `spec.expires`: when the grant ends. */
  readonly expires: number;
  /** `spec.session_ttl` */
  readonly sessionEnd: number;
  readonly revision: string;
  readonly reason: string;
  readonly resolveReason: string;
  readonly resolveAnnotations: Readonly<Record<string, readonly string[]>>;
  readonly thresholds: readonly RoleThreshold[];
  /** Role to sets of indexes into `thresholds`. */
  readonly roleThresholds: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly reviews: readonly StoredReview[];
  readonly suggestedReviewers: readonly string[];
  readonly resources: readonly ResourceId[];
  /** ms; 0 = at once */
  readonly assumeStart: number;
  /** A review, not tctl, decided: such a request carries an empty `access_list`. */
  readonly decidedByReview: boolean;
}

/** A thing and what the lists, which lag, still show of it. */
export interface Stored<T> {
  /** Absent: deleted. */
  now?: T;
  /** Absent: was not there. */
  before?: T;
  /** When `now` became true, in ms of this machine's own time: a lag is real time, not the demo's. */
  changed: number;
}

/** The Kubernetes cluster's API server. */
export interface KubeAccess extends ServerIdentity {
  readonly name: string;
  /** On this machine. */
  readonly port: number;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface State {
  readonly edition: DemoEdition;
  /** Of server and programs. */
  readonly version: string;
  readonly cluster: string;
  /** Clusters that trust this one and can be selected in a login to it. */
  readonly leaves: readonly string[];
  /** host:port */
  readonly proxy: string;
  /** Signs certificates. */
  readonly secret: string;
  /** The id of the auth service's host. */
  readonly host: string;
  /** When its nodes first said that they were there, in ms of the demo's time. */
  started: number;
  readonly nodes: readonly Node[];
  /** Absent: there is none. */
  readonly kube?: KubeAccess;
  requests: Stored<StoredRequest>[];
  users: Stored<StoredItem>[];
  roles: Stored<StoredItem>[];
  locks: Stored<StoredItem>[];
  tokens: Stored<StoredItem>[];
  saml: Stored<StoredItem>[];
  oidc: Stored<StoredItem>[];
  github: Stored<StoredItem>[];
  trustedClusters: Stored<StoredItem>[];
  bots: Stored<StoredItem>[];
  /** Absent: the server has no access lists. */
  accessLists?: Stored<StoredItem>[];
  /** Of access lists. */
  members?: Stored<StoredItem>[];
}

/** Where resources are kept. */
export type List = (typeof resourceKinds)[number];

/** How long lists show what was true before, in ms of this machine's own time. */
export const listLag = 1000;

const file = (dir: string): string => join(dir, 'state.json');

/** What the server knows now. Throws where there is no cluster. */
export function readState(dir: string): State {
  return JSON.parse(readFileSync(file(dir), 'utf8')) as State;
}

export function writeState(dir: string, state: State): void {
  replaceFile(file(dir), JSON.stringify(state));
}

/** Reads, changes and writes the state as one step among all programs; what `change` throws changes nothing. */
export function changeState<T>(dir: string, change: (state: State) => T): T {
  return exclusively(file(dir), () => {
    const state = readState(dir);
    const result = change(state);
    state.requests = withoutGone(state.requests);
    for (const kind of resourceKinds) {
      const kept = state[kind];
      if (kept) state[kind] = withoutGone(kept);
    }
    writeState(dir, state);
    return result;
  });
}

const resourceKinds = [
  ...(['users', 'roles', 'locks', 'tokens', 'saml', 'oidc', 'github'] as const),
  ...(['trustedClusters', 'bots', 'accessLists', 'members'] as const),
];
const withoutGone = <T>(all: readonly Stored<T>[]): Stored<T>[] =>
  all.filter((stored) => stored.now ?? isLagging(stored));

export const isLagging = ({ changed }: Stored<unknown>): boolean => systemClock.now() - changed < listLag;

/** Whether some list does not show everything yet. */
export const isCatchingUp = (state: State): boolean =>
  state.requests.some(isLagging) || resourceKinds.some((kind) => (state[kind] ?? []).some(isLagging));

/** What is true now. */
export const current = <T>(all: readonly Stored<T>[]): T[] => all.flatMap(({ now }) => now ?? []);

/** What lists show. */
export const listed = <T>(all: readonly Stored<T>[]): T[] =>
  all.flatMap((stored) => (isLagging(stored) ? stored.before : stored.now) ?? []);

/** Puts a new version of a request (or undefined: deletes it) in the place of the old. */
export const putRequest = (state: State, id: string, next: StoredRequest | undefined): void =>
  put(state.requests, (request) => request.id === id, next);

/** The same for a resource. */
export const putResource = (all: Stored<StoredItem>[], name: string, next: StoredItem | undefined): void =>
  put(all, (resource) => resource.metadata.name === name, next);

/** The same for a member of an access list: one name may be in several. */
export const putMember = (state: State, list: string, name: string, next: StoredItem | undefined): void =>
  put((state.members ??= []), ({ spec }) => spec['access_list'] === list && spec['name'] === name, next);

function put<T>(all: Stored<T>[], isIt: (each: T) => boolean, next: T | undefined): void {
  const stored = all.find(({ now, before }) => {
    const known = now ?? before;
    return known !== undefined && isIt(known);
  });
  const changed = systemClock.now();
  if (!stored) {
    if (next) all.push({ now: next, changed });
    return;
  }
  if (!isLagging(stored)) {
    if (stored.now) stored.before = stored.now;
    else delete stored.before;
  }
  stored.changed = changed;
  if (next) stored.now = next;
  else delete stored.now;
}

/** Writes a file so that readers see the old or the new whole of it. */
export function replaceFile(path: string, text: string): void {
  const next = `${path}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}

/** A holder that died leaves its lock; nobody holds one this long, in ms. */
const stale = 5000;

/** Runs `work` while no other program holds the same path's lock. */
export function exclusively<T>(path: string, work: () => T): T {
  const lock = `${path}.lock`;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const held = statSync(lock, { throwIfNoEntry: false });
      if (held && systemClock.now() - held.mtimeMs > stale) rmSync(lock, { recursive: true, force: true });
      else pause(3);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Stops this program for `ms`; the programs are short and do one thing, so they may. */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
