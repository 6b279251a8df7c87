// Sample requests, logins, elevations and snapshots. A test changes the parts that it is about.
import type { Elevation } from '../../src/access/elevation.ts';
import type { AccessRequest, Review } from '../../src/access/request.ts';
import {
  untrusted,
  type Untrusted,
  type Instant,
  type RequestId,
} from '../../src/access/untrusted/untrusted.ts';
import type { HomeRecord } from '../../src/state/elevation/homeRecords.ts';
import { emptySnapshot, type Snapshot } from '../../src/state/store.ts';
import type { Profile } from '../../src/teleport/output/loginSchema.ts';

// The texts for times use the time zone of this process.
process.env['TZ'] = 'UTC';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The current time in tests: 22 November 2026, 03:00 UTC. */
export const now: Instant = Date.parse('2026-11-22T03:00:00Z');

/** Marks names as untrusted texts. */
export const names = (...texts: readonly string[]): Untrusted[] => texts.map(untrusted);

/** Returns a copy of an object without one of its optional properties. */
export function without<T extends object, K extends keyof T>(whole: T, part: K): Omit<T, K> {
  const rest: Partial<T> = { ...whole };
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- of a copy
  delete rest[part];
  return rest as Omit<T, K>;
}

/** Returns the id of request number `n`. */
export const id = (n: number): RequestId =>
  `01a20383-0000-7000-8000-${String(n).padStart(12, '0')}` as RequestId;

/** A pending request of alice for kube-admin, created ten minutes ago for an hour. */
export function request(changes: Partial<AccessRequest> = {}): AccessRequest {
  return {
    id: id(1),
    revision: 'r1',
    user: untrusted('alice'),
    roles: names('kube-admin'),
    resources: [],
    state: 'pending',
    created: now - 10 * minute,
    decideBy: now + 50 * minute,
    grantEnds: now + 50 * minute,
    reason: untrusted('debugging production'),
    thresholds: [{ name: untrusted('default'), approve: 1, deny: 1 }],
    thresholdSets: [[0]],
    reviews: [],
    suggestedReviewers: names('rita'),
    ...changes,
  };
}

/** A review of a minute ago that counts for the first threshold. */
export function review(author: string, verdict: Review['verdict'] = 'approved', words = ''): Review {
  return {
    author: untrusted(author),
    verdict,
    ...(words === '' ? {} : { reason: untrusted(words) }),
    at: now - minute,
    thresholds: [0],
  };
}

/** An elevation in a private home, assumed 10 minutes ago, with a certificate for another 50 minutes. */
export function elevation(changes: Partial<Elevation> = {}): Elevation {
  return {
    requestId: id(1),
    roles: names('kube-admin'),
    where: { kind: 'private', home: 'a'.repeat(32) },
    since: now - 10 * minute,
    certificateEnds: now + 50 * minute,
    grantEnds: now + 3 * hour,
    here: true,
    ...changes,
  };
}

/** The record of private home number `n`: alice's, ready for another hour, of another window. */
export const homeRecord = (n: number, changes: Partial<HomeRecord> = {}): HomeRecord => ({
  ...{ name: String(n).repeat(32), state: 'ready', boot: 'boot', root: '/run', mainLogin: '/mainLogin' },
  ...{ requestId: id(n), roles: names('kube-admin') },
  ...{ user: profile().user, cluster: profile().cluster, proxy: profile().proxy },
  ...{ since: now, certificateEnds: now + hour, grantEnds: now + hour },
  ...{ window: { pid: 1, stamp: '' }, shells: [] },
  ...changes,
});

/** The profile of a login that is valid for another ten hours. */
export function profile(user = 'alice', changes: Partial<Profile> = {}): Profile {
  return {
    proxy: untrusted('https://ent.example.test:443'),
    user: untrusted(user),
    cluster: untrusted('ent.example.test'),
    roles: names('dev-team'),
    assumed: [],
    validUntil: now + 10 * hour,
    ...changes,
  };
}

/** A snapshot in which alice is signed in and the server has just answered. */
export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return {
    ...emptySnapshot,
    login: { kind: 'signedIn', profile: profile() },
    requests: [],
    asOf: now,
    ...changes,
  };
}

/** A hostile text with links, icons, escape codes, direction marks, control characters and another script. */
export const hostileText = untrusted(
  '[Approve](command:jitAccess.approve) $(check) \u001b[31mred\u001b[0m \u202egnp.exe\u202c https://evil.test/ ' +
    'vscode://x.y/z\nState: approved\u0007\u200b file:///etc/passwd \u0430dmin',
);

/** Patterns that no displayed text may match, even when it contains a hostile text. */
export const activePatterns: readonly (readonly [string, RegExp])[] = [
  ['a Markdown link', /\]\(/],
  ['an icon', /\$\((?!unlock\)|shield\)|pass\)|watch\)|debug-disconnect\)|loading~spin\))/],
  ['an address', /:\/\//],
  ['a command link', /\b(command|vscode|file):[^\s…]/],
  // eslint-disable-next-line no-control-regex -- the pattern searches for control characters
  ['a control character', /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/],
  ['a direction mark', /[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/],
];
