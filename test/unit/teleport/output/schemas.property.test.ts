import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AccessRequest } from '../../../../src/access/request.ts';
import { untrusted, isRequestId, type Untrusted } from '../../../../src/access/text/untrusted.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import * as schema from '../../../../src/teleport/output/requestSchema.ts';
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
 * Recordings changed at random: what comes out of a reader is as its type says, or the answer is said to be unreadable.
 * Types end where JSON begins, so each shape is written down here a second time, as something that can be checked.
 */

type Check = (value: unknown, at: string) => void;
const is =
  (what: string, test: (value: unknown) => boolean): Check =>
  (value, at) =>
    assert.ok(test(value), `${at} is no ${what}: ${JSON.stringify(value)}`);
const list =
  (item: Check): Check =>
  (value, at) => {
    assert.ok(Array.isArray(value), `${at} is no list`);
    value.forEach((one, index) => item(one, `${at}[${index}]`));
  };
/** An object with these keys, perhaps some of the second ones, and no other. */
const whole =
  (must: Readonly<Record<string, Check>>, may: Readonly<Record<string, Check>> = {}): Check =>
  (value, at) => {
    assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value), `${at} is no object`);
    for (const key of Object.keys(must)) assert.ok(Object.hasOwn(value, key), `${at} has no ${key}`);
    for (const [key, part] of Object.entries(value)) {
      const check = must[key] ?? may[key];
      assert.ok(check, `${at} has ${key}`);
      check(part, `${at}.${key}`);
    }
  };

const text = is('text', (value) => typeof value === 'string');
const bool = is('yes or no', (value) => typeof value === 'boolean');
const requestId = is('request id', (value) => typeof value === 'string' && isRequestId(value));
const count = is('count', (value) => Number.isSafeInteger(value) && Number(value) >= 0);
/** A time that a date can hold. */
const instant = is('time', (value) => typeof value === 'number' && Math.abs(value) <= 8.64e15);
const state = is('state', (value) =>
  ['pending', 'approved', 'denied', 'promoted', 'other'].includes(String(value)),
);

const resource = whole({ cluster: text, kind: text, name: text }, { sub: text });
const request = whole(
  {
    id: requestId,
    revision: text,
    user: text,
    roles: list(text),
    resources: list(resource),
    state,
    created: instant,
    decideBy: instant,
    grantEnds: instant,
    thresholds: list(whole({ approve: count, deny: count }, { name: text })),
    thresholdSets: list(list(count)),
    reviews: list(
      whole({ author: text, verdict: state, at: instant, thresholds: list(count) }, { reason: text }),
    ),
    suggestedReviewers: list(text),
  },
  { startsAt: instant, reason: text, resolveReason: text, says: text },
);
const login = whole({
  proxy: text,
  user: text,
  cluster: text,
  roles: list(text),
  assumed: list(requestId),
  validUntil: instant,
});
const held = whole({
  name: text,
  revision: text,
  document: is('object', (value) => typeof value === 'object'),
});
const lock = whole({ name: text }, { request: requestId, message: text, expires: instant });

/** A reader, the calls whose answers it reads, and what it makes of them. */
interface Line {
  readonly reads: (output: string) => unknown;
  readonly calls: RegExp;
  readonly sensible: Check;
  /** What newer versions print, which nobody recorded. */
  readonly also?: unknown;
}
const lines: Readonly<Record<string, Line>> = {
  readList: {
    reads: schema.readList,
    calls: /^(tsh request|tctl requests) ls/,
    sensible: whole({ requests: list(request), unreadable: count }),
  },
  readRequest: { reads: schema.readRequest, calls: /^tsh request show/, sensible: request },
  readStatus: {
    reads: schema.readStatus,
    calls: /^tsh status/,
    sensible: (value, at) => value === undefined || login(value, at),
  },
  readOthers: { reads: schema.readOtherProfiles, calls: /^tsh status/, sensible: list(login) },
  readVersion: { reads: schema.readVersion, calls: /^tsh version/, sensible: text },
  readCapabilities: {
    reads: schema.readCapabilities,
    calls: /^tctl requests capabilities/,
    sensible: whole({ roles: list(text), reviewers: list(text) }),
  },
  readLocks: { reads: admin.readLocks, calls: /^tctl get locks/, sensible: list(lock) },
  readHeld: { reads: admin.readStoredResources, calls: /^tctl get (roles?|users?)\b/, sensible: list(held) },
  rolesOf: {
    reads: (output) => admin.readStoredResources(output).map(admin.roleNamesOf),
    calls: /^tctl get users?\b/,
    sensible: list(list(text)),
  },
  readKubeClusters: {
    reads: resources.readKubeClusters,
    calls: /^tsh kube ls/,
    sensible: list(whole({ name: text, selected: bool })),
  },
  readSearch: {
    reads: resources.readSearch,
    calls: /^tsh request search --kind/,
    sensible: list(whole({ resource, name: text }, { labels: text })),
    also: [
      { ResourceID: '/c/node/6241445a', Name: '6241445a', Hostname: 'node-1', Labels: 'env=prod' },
      { ResourceID: '/c/kube_cluster/prod-eu/default/web', Name: 'web' },
    ],
  },
  readRoles: {
    reads: resources.readRoles,
    calls: /^tsh request search --roles/,
    sensible: list(text),
    also: [{ Role: 'kube-admin', Description: 'x' }, { Role: 'dba' }],
  },
};
/** Recorded to know what is there, read by nothing of ours. */
const unread =
  /^tsh ls|^tctl bots|^tctl get (access_lists?|bots?|cap|cluster_auth_preference|connectors|github|oidc|saml|trusted_cluster)\b/;

const json = recordingNames()
  .sort()
  .map(readRecording)
  .filter(({ stdout }) => /^\s*[[{]/.test(stdout));
const outputsOf = ({ calls, also }: Line): string[] => [
  ...json.filter(({ argv }) => calls.test(argv.join(' '))).map(({ stdout }) => stdout),
  ...(also === undefined ? [] : [JSON.stringify(also)]),
];

/** What a reader makes of an output: never another error than that it cannot be read. */
function outcome({ reads }: Line, output: string): { readonly read?: unknown } {
  try {
    return { read: reads(output) };
  } catch (error) {
    assert.equal(failureOf(error)?.kind, 'unreadable', String(error));
    return {};
  }
}

/** Keys under which a text of others could pass for one of ours. */
type Plain<T> = T extends Untrusted | string | number | boolean | undefined
  ? never
  : T extends readonly (infer Item)[]
    ? Plain<Item>
    : { [K in keyof T]-?: string extends T[K] ? K : Plain<T[K]> }[keyof T];
type Everything =
  | AccessRequest
  | schema.Profile
  | schema.Capabilities
  | admin.Lock
  | Omit<admin.StoredResource, 'document'>
  | resources.KubeCluster
  | resources.FoundResource;

describe('whatever a program prints', function () {
  // A minute is for a machine that does much else.
  this.timeout(60_000);

  it('every JSON that was recorded is read by a line of this test', () => {
    const patterns = [unread, ...Object.values(lines).map(({ calls }) => calls)];
    const left = json.filter(({ argv }) => !patterns.some((pattern) => pattern.test(argv.join(' '))));
    assert.deepEqual(
      left.map(({ name }) => name),
      [],
    );
  });

  it('text of others is a string to nothing but the ids of a revision and a version', () => {
    const plain: Record<Plain<Everything>, true> = { revision: true };
    assert.deepEqual(Object.keys(plain), ['revision']);
  });

  for (const [name, line] of Object.entries(lines)) {
    const outputs = outputsOf(line);

    it(`${name}: as recorded it is sensible`, () => {
      assert.ok(outputs.length > 0);
      for (const output of outputs) line.sensible(line.reads(output), name);
    });

    it(`${name}: changed anywhere it is sensible, or said to be unreadable`, () => {
      const values = outputs.map((output) => JSON.parse(output) as unknown);
      const property = fc.property(fc.constantFrom(...values), jsonChanges, (value, steps) => {
        const { read } = outcome(line, JSON.stringify(applyChanges(value, steps), undefined, 2));
        if (read !== undefined) line.sensible(read, name);
      });
      assertProperty(property, 400);
    });

    it(`${name}: cut off anywhere it is unreadable; with something around it, at worst`, () => {
      const where = fc.tuple(
        fc.constantFrom(...outputs),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      );
      const half = fc.property(where, ([output, share]) => {
        const trimmed = output.trim();
        assert.deepEqual(outcome(line, trimmed.slice(0, Math.floor(trimmed.length * share))), {});
      });
      const around = fc.property(where, fc.string({ unit: 'binary' }), ([output, share], noise) => {
        const at = Math.floor(output.length * share);
        for (const noisy of [
          output + noise,
          noise + output,
          output.slice(0, at) + noise + output.slice(at),
          noise,
        ]) {
          const { read } = outcome(line, noisy);
          if (read !== undefined) line.sensible(read, name);
        }
      });
      if (name !== 'readSearch' && name !== 'readRoles') assertProperty(half, 100);
      assertProperty(around, 100);
    });
  }

  it('one request of a list, whatever became of it, costs at most its own row', () => {
    const line = lines['readList']!;
    const rows = outputsOf(line).flatMap((output) => JSON.parse(output) as unknown[]);
    const good = new Map(rows.map((row) => [row, schema.readList(JSON.stringify([row])).requests]));
    const property = fc.property(
      fc.shuffledSubarray(rows, { minLength: 1, maxLength: 6 }),
      fc.nat({ max: 5 }),
      jsonChanges,
      (some, which, steps) => {
        const bad = which % some.length;
        const mutated = some.map((row, index) => (index === bad ? applyChanges(row, steps) : row));
        const { requests, unreadable } = schema.readList(JSON.stringify(mutated));
        assert.equal(requests.length + unreadable, some.length);
        const before = some.slice(0, bad).flatMap((row) => good.get(row) ?? []);
        const after = some.slice(bad + 1).flatMap((row) => good.get(row) ?? []);
        assert.deepEqual(requests.slice(0, before.length), before);
        assert.deepEqual(requests.slice(requests.length - after.length), after);
      },
    );
    assertProperty(property, 500);
  });

  it('whatever a request became, it is drawn', () => {
    const values = outputsOf(lines['readRequest']!).map((output) => JSON.parse(output) as unknown);
    const property = fc.property(fc.constantFrom(...values), jsonChanges, (value, steps) => {
      const { read } = outcome(lines['readRequest']!, JSON.stringify(applyChanges(value, steps)));
      if (read === undefined) return;
      const one = read as AccessRequest;
      for (const me of [one.user, untrusted('somebody else')]) {
        const login = { kind: 'signedIn', profile: { ...profile(), user: me } } as const;
        const shown = snapshot({ login, requests: [one], isReviewer: true, waiting: [one.id] });
        for (const at of [now, one.created, one.decideBy - 1]) {
          requestPage(one.id, shown, at);
          myAccess(shown, at);
          toReview(shown, at);
          statusItem(shown, at);
        }
      }
    });
    assertProperty(property, 300);
  });
});
