// The state of the demo's auth server. It is stored in a file that only one program changes at a time.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/state/clock.ts';
import type { ServerIdentity } from './tlsCertificate.ts';
import type { Node } from '../resources/sampleData.ts';
import type { StoredItem } from '../resources/resource.ts';
import type { DemoEdition, RoleThreshold } from '../resources/roles.ts';

/** The states of a request as the numbers that Teleport's API uses. */
export const requestState = { pending: 1, approved: 2, denied: 3 } as const;
/** The names of those states in the output of tsh and tctl. */
export const stateNames: Readonly<Record<number, string>> = { 1: 'PENDING', 2: 'APPROVED', 3: 'DENIED' };

/** A review of an access request. */
export interface StoredReview {
  readonly author: string;
  readonly proposedState: number;
  readonly reason: string;
  /** When the review was sent, in ms since 1970. */
  readonly created: number;
  /** The indexes of the thresholds that the review counts for. */
  readonly thresholds: readonly number[];
}

/** Names a resource that can be requested. */
export interface ResourceId {
  readonly cluster: string;
  readonly kind: string;
  readonly name: string;
  readonly sub_resource?: string;
}

/** An access request. All times are in ms since the epoch. */
export interface StoredRequest {
  readonly id: string;
  readonly user: string;
  readonly roles: readonly string[];
  readonly state: number;
  readonly created: number;
  /**
   * `metadata.expires`: when the server removes the request. A pending request must be decided before that.
   */
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
  /** Maps a role to sets of indexes into `thresholds`. */
  readonly roleThresholds: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly reviews: readonly StoredReview[];
  readonly suggestedReviewers: readonly string[];
  readonly resources: readonly ResourceId[];
  /** The earliest time at which the request may be assumed; 0 for at once. */
  readonly assumeStart: number;
  /** Whether a review decided the request, not tctl. Such a request has an empty `access_list`. */
  readonly decidedByReview: boolean;
}

/** A stored value, together with the older value that lists show for a while because they lag. */
export interface Stored<T> {
  /** The current value. Absent when it is deleted. */
  now?: T;
  /** The value before the last change. Absent when there was none. */
  before?: T;
  /** When `now` was set, in ms of this machine's clock. Lags are in real time, not in the demo's. */
  changed: number;
}

/** The Kubernetes cluster and the address and certificate of its API server. */
export interface KubeAccess extends ServerIdentity {
  readonly name: string;
  /** The port of the API server on this machine. */
  readonly port: number;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The state of the auth server, in the form in which it is stored. */
export interface State {
  readonly edition: DemoEdition;
  /** The version of the server and of the programs. */
  readonly version: string;
  readonly cluster: string;
  /** The leaf clusters, which trust this cluster and can be selected in a login to it. */
  readonly leaves: readonly string[];
  /** host:port */
  readonly proxy: string;
  /** The secret that signs certificates. */
  readonly secret: string;
  /** The host id of the auth service. */
  readonly host: string;
  /** The time of the nodes' first heartbeat, in ms of the demo's clock. */
  started: number;
  readonly nodes: readonly Node[];
  /** Absent when the cluster has no Kubernetes cluster. */
  readonly kube?: KubeAccess;
  requests: Stored<StoredRequest>[];
  users: Stored<StoredItem>[];
  roles: Stored<StoredItem>[];
  locks: Stored<StoredItem>[];
  github: Stored<StoredItem>[];
  bots: Stored<StoredItem>[];
  /** The access lists and their members. Absent when the server does not support access lists. */
  readonly accessLists?: { readonly lists: readonly StoredItem[]; readonly members: readonly StoredItem[] };
}

/** The names of the lists of resources in the state. */
export type ResourceListName = (typeof resourceKinds)[number];

/** How long lists show the state before a change, in ms of this machine's clock. */
const listLag = 1000;

const stateFile = (dir: string): string => join(dir, 'state.json');

/** Reads the server's state. @throws Error when the folder holds no cluster. */
export function readState(dir: string): State {
  return JSON.parse(readFileSync(stateFile(dir), 'utf8')) as State;
}

/** Replaces the server's state. */
export function writeState(dir: string, state: State): void {
  replaceFile(stateFile(dir), JSON.stringify(state));
}

/**
 * Reads, changes and writes the state while no other program changes it. Nothing is changed when `change`
 * throws.
 */
export function changeState<T>(dir: string, change: (state: State) => T): T {
  return withFileLock(stateFile(dir), () => {
    const state = readState(dir);
    const result = change(state);
    state.requests = withoutDeleted(state.requests);
    for (const kind of resourceKinds) state[kind] = withoutDeleted(state[kind]);
    writeState(dir, state);
    return result;
  });
}

const resourceKinds = ['users', 'roles', 'locks', 'github', 'bots'] as const;
const withoutDeleted = <T>(all: readonly Stored<T>[]): Stored<T>[] =>
  all.filter((stored) => stored.now ?? isLagging(stored));

/** Whether lists still show the value before the last change. */
const isLagging = ({ changed }: Stored<unknown>): boolean => systemClock.now() - changed < listLag;

/** Whether any list still shows an older state. */
export const isCatchingUp = (state: State): boolean =>
  state.requests.some(isLagging) || resourceKinds.some((kind) => state[kind].some(isLagging));

/** Returns the current values, without deleted ones. */
export const current = <T>(all: readonly Stored<T>[]): T[] => all.flatMap(({ now }) => now ?? []);

/** Returns the values that lists show, which lag. */
export const listed = <T>(all: readonly Stored<T>[]): T[] =>
  all.flatMap((stored) => (isLagging(stored) ? stored.before : stored.now) ?? []);

/** Stores a new version of a request, or deletes the request when `next` is undefined. */
export const putRequest = (state: State, id: string, next: StoredRequest | undefined): void =>
  put(state.requests, (request) => request.id === id, next);

/** Stores a new version of a resource, or deletes the resource when `next` is undefined. */
export const putResource = (all: Stored<StoredItem>[], name: string, next: StoredItem | undefined): void =>
  put(all, (resource) => resource.metadata.name === name, next);

function put<T>(all: Stored<T>[], matches: (each: T) => boolean, next: T | undefined): void {
  const stored = all.find(({ now, before }) => {
    const value = now ?? before;
    return value !== undefined && matches(value);
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

/** Replaces a file atomically: readers see the complete old or the complete new content. */
export function replaceFile(path: string, text: string): void {
  const next = `${path}.${process.pid}`;
  writeFileSync(next, text, { mode: 0o600 });
  renameSync(next, path);
}

/**
 * The age at which a lock is removed, in ms. No program holds it that long, so its holder ended without
 * removing it.
 */
const staleLockAge = 5000;

/** Runs `work` while this program holds the lock of a path. Waits until no other program holds it. */
export function withFileLock<T>(path: string, work: () => T): T {
  const lock = `${path}.lock`;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const held = statSync(lock, { throwIfNoEntry: false });
      if (held && systemClock.now() - held.mtimeMs > staleLockAge)
        rmSync(lock, { recursive: true, force: true });
      else pause(3);
    }
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/**
 * Blocks this program for `ms`. The demo's programs are short and do a single task, so blocking is
 * acceptable.
 */
export function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
