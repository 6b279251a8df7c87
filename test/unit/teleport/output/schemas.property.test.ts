import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AccessRequest } from '../../../../src/access/request.ts';
import { untrusted, isRequestId, type Untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import * as schema from '../../../../src/teleport/output/requestSchema.ts';
import * as loginSchema from '../../../../src/teleport/output/loginSchema.ts';
import * as admin from '../../../../src/teleport/output/adminSchema.ts';
import * as resources from '../../../../src/teleport/output/resourceSchema.ts';
import { myAccess } from '../../../../src/views/rows/myAccess.ts';
import { requestPage } from '../../../../src/views/pages/requestPage.ts';
import { statusItem } from '../../../../src/views/statusItem.ts';
import { toReview } from '../../../../src/views/rows/toReview.ts';
import { readRecording, recordingNames } from '../../../support/recordings.ts';
import { now, profile, snapshot } from '../../../support/samples.ts';
import { assertProperty } from '../../../support/property.ts';
import { applyChanges, jsonChanges } from '../../../support/jsonMutations.ts';

/*
 * Changes recordings at random: a reader returns a value of its type or fails with `unreadable`.
 * Types do not exist at run time, so this file states the shape of each type a second time, as a check.
 */

type Check = (value: unknown, at: string) => void;
const isA =
  (what: string, test: (value: unknown) => boolean): Check =>
  (value, at) =>
    assert.ok(test(value), `${at} is no ${what}: ${JSON.stringify(value)}`);
const listOf =
  (item: Check): Check =>
  (value, at) => {
    assert.ok(Array.isArray(value), `${at} is no list`);
    value.forEach((element, index) => item(element, `${at}[${index}]`));
  };
/** Checks an object that has all required keys, may have the optional keys, and has no other key. */
const objectWith =
  (required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>> = {}): Check =>
  (value, at) => {
    assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${at} is no object`);
    for (const key of Object.keys(required)) assert.ok(Object.hasOwn(value, key), `${at} has no ${key}`);
    for (const [key, part] of Object.entries(value)) {
      const check = required[key] ?? optional[key];
      assert.ok(check, `${at} has ${key}`);
      check(part, `${at}.${key}`);
    }
  };

const text = isA('text', (value) => typeof value === 'string');
const flag = isA('yes or no', (value) => typeof value === 'boolean');
const requestId = isA('request id', (value) => typeof value === 'string' && isRequestId(value));
const count = isA('count', (value) => Number.isSafeInteger(value) && Number(value) >= 0);
/** Checks an instant that a `Date` can hold. */
const instant = isA('time', (value) => typeof value === 'number' && Math.abs(value) <= 8.64e15);
const state = isA('state', (value) =>
  ['pending', 'approved', 'denied', 'promoted', 'other'].includes(String(value)),
);

const resource = objectWith({ cluster: text, kind: text, name: text }, { sub: text });
const request = objectWith(
  {
    id: requestId,
    revision: text,
    user: text,
    roles: listOf(text),
    resources: listOf(resource),
    state,
    created: instant,
    decideBy: instant,
    grantEnds: instant,
    thresholds: listOf(objectWith({ approve: count, deny: count }, { name: text })),
    thresholdSets: listOf(listOf(count)),
    reviews: listOf(
      objectWith({ author: text, verdict: state, at: instant, thresholds: listOf(count) }, { reason: text }),
    ),
    suggestedReviewers: listOf(text),
  },
  { startsAt: instant, reason: text, resolveReason: text, claimedDecider: text },
);
const login = objectWith({
  proxy: text,
  user: text,
  cluster: text,
  roles: listOf(text),
  assumed: listOf(requestId),
  validUntil: instant,
});
const storedResource = objectWith({
  name: text,
  revision: text,
  document: isA('object', (value) => typeof value === 'object'),
});
const lock = objectWith({ name: text }, { request: requestId, message: text, expires: instant });

/** A reader, the calls whose output it reads, and the shape of its result. */
interface Reader {
  readonly read: (output: string) => unknown;
  readonly calls: RegExp;
  readonly shape: Check;
  /** The output of newer versions, for which there is no recording. */
  readonly unrecorded?: unknown;
}
const readers: Readonly<Record<string, Reader>> = {
  readList: {
    read: schema.readList,
    calls: /^(tsh request|tctl requests) ls/,
    shape: objectWith({ requests: listOf(request), unreadable: count }),
  },
  readRequest: { read: schema.readRequest, calls: /^tsh request show/, shape: request },
  readStatus: {
    read: loginSchema.readStatus,
    calls: /^tsh status/,
    shape: (value, at) => value === undefined || login(value, at),
  },
  readOthers: { read: loginSchema.readOtherProfiles, calls: /^tsh status/, shape: listOf(login) },
  readVersion: { read: loginSchema.readVersion, calls: /^tsh version/, shape: text },
  readCapabilities: {
    read: schema.readCapabilities,
    calls: /^tctl requests capabilities/,
    shape: objectWith({ roles: listOf(text), reviewers: listOf(text) }),
  },
  readLocks: { read: admin.readLocks, calls: /^tctl get locks/, shape: listOf(lock) },
  readHeld: {
    read: admin.readStoredResources,
    calls: /^tctl get (roles?|users?)\b/,
    shape: listOf(storedResource),
  },
  rolesOf: {
    read: (output) => admin.readStoredResources(output).map(admin.roleNamesOf),
    calls: /^tctl get users?\b/,
    shape: listOf(listOf(text)),
  },
  readKubeClusters: {
    read: resources.readKubeClusters,
    calls: /^tsh kube ls/,
    shape: listOf(objectWith({ name: text, selected: flag })),
  },
  readSearch: {
    read: resources.readSearch,
    calls: /^tsh request search --kind/,
    shape: listOf(objectWith({ resource, name: text }, { labels: text })),
    unrecorded: [
      { ResourceID: '/c/node/6241445a', Name: '6241445a', Hostname: 'node-1', Labels: 'env=prod' },
      { ResourceID: '/c/kube_cluster/prod-eu/default/web', Name: 'web' },
    ],
  },
  readRoles: {
    read: resources.readRoles,
    calls: /^tsh request search --roles/,
    shape: listOf(text),
    unrecorded: [{ Role: 'kube-admin', Description: 'x' }, { Role: 'dba' }],
  },
};
/** Calls that were recorded for information only: no reader of the extension reads their output. */
const notRead =
  /^tsh ls|^tctl bots|^tctl get (access_lists?|bots?|cap|cluster_auth_preference|connectors|github|oidc|saml|trusted_cluster)\b/;

const json = recordingNames()
  .sort()
  .map(readRecording)
  .filter(({ stdout }) => /^\s*[[{]/.test(stdout));
const outputsOf = ({ calls, unrecorded }: Reader): string[] => [
  ...json.filter(({ argv }) => calls.test(argv.join(' '))).map(({ stdout }) => stdout),
  ...(unrecorded === undefined ? [] : [JSON.stringify(unrecorded)]),
];

/** Runs a reader on an output and asserts that it fails with `unreadable` only. */
function readOutcome({ read }: Reader, output: string): { readonly read?: unknown } {
  try {
    return { read: read(output) };
  } catch (error) {
    assert.equal(failureOf(error)?.kind, 'unreadable', String(error));
    return {};
  }
}

/** The keys of `T` whose values are plain strings, so that untrusted text could be taken for trusted text. */
type StringKeys<T> = T extends Untrusted | string | number | boolean | undefined
  ? never
  : T extends readonly (infer Item)[]
    ? StringKeys<Item>
    : { [K in keyof T]-?: string extends T[K] ? K : StringKeys<T[K]> }[keyof T];
type ReadTypes =
  | AccessRequest
  | loginSchema.Profile
  | schema.Capabilities
  | admin.Lock
  | Omit<admin.StoredResource, 'document'>
  | resources.KubeCluster
  | resources.FoundResource;

describe('whatever a program prints', () => {
  it('every JSON that was recorded is read by a line of this test', () => {
    const patterns = [notRead, ...Object.values(readers).map(({ calls }) => calls)];
    const unmatched = json.filter(({ argv }) => !patterns.some((pattern) => pattern.test(argv.join(' '))));
    assert.deepEqual(
      unmatched.map(({ name }) => name),
      [],
    );
  });

  it('text of others is a string to nothing but the ids of a revision and a version', () => {
    const plain: Record<StringKeys<ReadTypes>, true> = { revision: true };
    assert.deepEqual(Object.keys(plain), ['revision']);
  });

  for (const [name, reader] of Object.entries(readers)) {
    const outputs = outputsOf(reader);

    it(`${name}: as recorded it is sensible`, () => {
      assert.ok(outputs.length > 0);
      for (const output of outputs) reader.shape(reader.read(output), name);
    });

    it(`${name}: changed anywhere it is sensible, or said to be unreadable`, () => {
      const values = outputs.map((output) => JSON.parse(output) as unknown);
      const property = fc.property(fc.constantFrom(...values), jsonChanges, (value, steps) => {
        const { read } = readOutcome(reader, JSON.stringify(applyChanges(value, steps), undefined, 2));
        if (read !== undefined) reader.shape(read, name);
      });
      assertProperty(property, 400);
    });

    it(`${name}: cut off anywhere it is unreadable; with something around it, at worst`, () => {
      const outputAndShare = fc.tuple(
        fc.constantFrom(...outputs),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      );
      const cutOff = fc.property(outputAndShare, ([output, share]) => {
        const trimmed = output.trim();
        assert.deepEqual(readOutcome(reader, trimmed.slice(0, Math.floor(trimmed.length * share))), {});
      });
      const around = fc.property(outputAndShare, fc.string({ unit: 'binary' }), ([output, share], noise) => {
        const at = Math.floor(output.length * share);
        for (const noisy of [
          output + noise,
          noise + output,
          output.slice(0, at) + noise + output.slice(at),
          noise,
        ]) {
          const { read } = readOutcome(reader, noisy);
          if (read !== undefined) reader.shape(read, name);
        }
      });
      if (name !== 'readSearch' && name !== 'readRoles') assertProperty(cutOff, 100);
      assertProperty(around, 100);
    });
  }

  it('one request of a list, whatever became of it, costs at most its own row', () => {
    const reader = readers['readList']!;
    const rows = outputsOf(reader).flatMap((output) => JSON.parse(output) as unknown[]);
    const requestsOf = new Map(rows.map((row) => [row, schema.readList(JSON.stringify([row])).requests]));
    const property = fc.property(
      fc.shuffledSubarray(rows, { minLength: 1, maxLength: 6 }),
      fc.nat({ max: 5 }),
      jsonChanges,
      (subset, which, steps) => {
        const brokenIndex = which % subset.length;
        const mutated = subset.map((row, index) => (index === brokenIndex ? applyChanges(row, steps) : row));
        const { requests, unreadable } = schema.readList(JSON.stringify(mutated));
        assert.equal(requests.length + unreadable, subset.length);
        const before = subset.slice(0, brokenIndex).flatMap((row) => requestsOf.get(row) ?? []);
        const after = subset.slice(brokenIndex + 1).flatMap((row) => requestsOf.get(row) ?? []);
        assert.deepEqual(requests.slice(0, before.length), before);
        assert.deepEqual(requests.slice(requests.length - after.length), after);
      },
    );
    assertProperty(property, 500);
  });

  it('whatever a request became, it is drawn', () => {
    const values = outputsOf(readers['readRequest']!).map((output) => JSON.parse(output) as unknown);
    const property = fc.property(fc.constantFrom(...values), jsonChanges, (value, steps) => {
      const { read } = readOutcome(readers['readRequest']!, JSON.stringify(applyChanges(value, steps)));
      if (read === undefined) return;
      const drawn = read as AccessRequest;
      for (const me of [drawn.user, untrusted('somebody else')]) {
        const login = { kind: 'signedIn', profile: { ...profile(), user: me } } as const;
        const current = snapshot({ login, requests: [drawn], isReviewer: true, waiting: [drawn.id] });
        for (const at of [now, drawn.created, drawn.decideBy - 1]) {
          requestPage(drawn.id, current, at);
          myAccess(current, at);
          toReview(current, at);
          statusItem(current, at);
        }
      }
    });
    assertProperty(property, 300);
  });
});
