import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { readStatus, readVersion } from '../../../../src/teleport/output/loginSchema.ts';
import * as schema from '../../../../src/teleport/output/requestSchema.ts';
import { readRecording } from '../../../support/recordings.ts';

const { readCapabilities, readList, readRequest } = schema;
const assertUnreadable = (read: () => unknown, why?: string): void =>
  assert.throws(read, (error) => failureOf(error)?.kind === 'unreadable', why);

interface Raw {
  metadata: Record<string, unknown>;
  spec: Record<string, unknown>;
}
/** The JSON of a recorded request with changed fields. */
function rawRequest(changes: Record<string, unknown> = {}, metadata: Record<string, unknown> = {}): Raw {
  const recorded = JSON.parse(readRecording('two-show-1of2').stdout) as Raw;
  return { metadata: { ...recorded.metadata, ...metadata }, spec: { ...recorded.spec, ...changes } };
}
const readChanged = (changes?: Record<string, unknown>, metadata?: Record<string, unknown>) =>
  readRequest(JSON.stringify(rawRequest(changes, metadata)));

describe('reading what a real tsh printed', () => {
  it('a request with one of two approvals', () => {
    const request = readRequest(readRecording('two-show-1of2').stdout);
    assert.equal(request.id, '01a20384-8681-7b83-9a8d-daa24f5d2559');
    assert.deepEqual(
      [request.user, request.state, request.reason],
      [untrusted('bob'), 'pending', untrusted('two')],
    );
    assert.equal(request.grantEnds, Date.parse('2026-11-22T15:49:06.562Z'));
    assert.deepEqual(request.thresholds, [{ name: 'two', approve: 2, deny: 1 }]);
    assert.deepEqual(request.thresholdSets, [[0]]);
    assert.deepEqual(
      request.reviews.map(({ author, verdict, thresholds }) => [author, verdict, thresholds]),
      [['rita', 'approved', [0]]],
    );
  });

  it('every request and list that was recorded', () => {
    for (const name of [
      'ent-show-approved',
      'deny-show-json',
      'sched-show',
      'resource-show',
      'request-ttl-show',
    ]) {
      readRequest(readRecording(name).stdout);
    }
    for (const name of ['oss-show-approved', 'oss-show-annotated', 'max-duration-show', 'session-ttl-show']) {
      readRequest(readRecording(name).stdout);
    }
    const lists = ['ent-ls-pending', 'ent-ls-reviewer', 'oss-ls-after-deny', 'oss-tctl-ls'];
    for (const name of lists) {
      const { requests, unreadable } = readList(readRecording(name).stdout);
      assert.ok(requests.length > 0 && unreadable === 0, name);
    }
    assert.deepEqual(readList(readRecording('ent-ls-empty').stdout), { requests: [], unreadable: 0 });
  });

  it('a request with a time to decide that is shorter than its grant', () => {
    const request = readRequest(readRecording('request-ttl-show').stdout);
    assert.equal(Math.round((request.grantEnds - request.decideBy) / 60_000), 20);
  });

  it('a start that lies ahead, and resources', () => {
    assert.notEqual(readRequest(readRecording('sched-show').stdout).startsAt, undefined);
    assert.equal(readRequest(readRecording('resource-show').stdout).resources.length, 1);
    assert.deepEqual(readRequest(readRecording('two-show-1of2').stdout).resources, []);
  });

  it('the words of a decision', () => {
    const request = readRequest(readRecording('deny-show-json').stdout);
    assert.equal(request.state, 'denied');
    assert.equal(request.resolveReason, 'use the read replica');
  });

  it('versions and capabilities', () => {
    assert.equal(readVersion(readRecording('version-client').stdout), '17.0.0-dev');
    const { roles } = readCapabilities(readRecording('capabilities').stdout);
    assert.ok(roles.includes(untrusted('kube-admin')));
    assert.deepEqual(readCapabilities('{}'), { roles: [], reviewers: [] });
  });
});

describe('reading what other versions may print', () => {
  it('null and missing where a list or text could be', () => {
    const lists = [
      'thresholds',
      'rtm',
      'reviews',
      'suggested_reviewers',
      'resource_ids',
      'roles',
      'request_reason',
    ];
    for (const empty of [null, undefined]) {
      const request = readChanged(Object.fromEntries(lists.map((key) => [key, empty])));
      assert.deepEqual(
        [request.reviews, request.thresholds, request.thresholdSets, request.roles],
        [[], [], [], []],
      );
      assert.equal(request.reason, undefined);
    }
  });

  it('fields and states that are not known yet', () => {
    const request = readChanged({ state: 17, new_field: { deep: [1] }, dry_run: true }, { labels: null });
    assert.equal(request.state, 'other');
    assert.equal(readChanged({ state: 4 }).state, 'promoted');
    assert.equal(readChanged({ state: null }).state, 'other');
    assert.equal(readChanged({ state: -1 }).state, 'other');
  });

  it('times that mean none: the year 1, null, nonsense', () => {
    for (const time of ['0001-01-01T00:00:00Z', null, 'soon']) {
      assert.equal(readChanged({ assume_start_time: time }).startsAt, undefined, String(time));
    }
    assert.equal(readChanged({}, { expires: '0001-01-01T00:00:00Z' }).decideBy, readChanged().grantEnds);
  });

  it('one review or resource that cannot be read costs itself only', () => {
    const review = { author: 'omar', proposed_state: 2, created: '2026-11-22T13:49:07Z' };
    const { reviews } = readChanged({ reviews: [null, 'x', { author: 7 }, review] });
    assert.deepEqual(
      reviews.map(({ author, reason }) => [author, reason]),
      [['omar', undefined]],
    );
    const resource = { cluster: 'c', kind: 'node', name: 'n' };
    assert.deepEqual(readChanged({ resource_ids: [{}, resource] }).resources, [resource]);
  });

  it('one request that cannot be read costs its row, not the list, and is counted', () => {
    const rows = [
      rawRequest(),
      null,
      {},
      rawRequest({ created: 'soon' }),
      rawRequest({}, { name: '../../etc/passwd' }),
      rawRequest(),
    ];
    const { requests, unreadable } = readList(JSON.stringify(rows));
    assert.deepEqual([requests.length, unreadable], [2, 4]);
    assert.deepEqual(readList('null'), { requests: [], unreadable: 0 });
  });

  it('text with escape codes stays as it is: it is made harmless where it is shown', () => {
    const reason = 'a\u001b[31m\n\u202eb';
    assert.equal(readChanged({ request_reason: reason }).reason, reason);
  });

  it('half of it, or something else altogether, is never taken for an answer', () => {
    const { stdout } = readRecording('two-show-1of2');
    for (const text of [
      '',
      ' ',
      'null',
      '[]',
      '"x"',
      '7',
      'ERROR',
      '<html>',
      stdout.slice(0, -2),
      stdout.slice(40),
    ]) {
      assertUnreadable(() => readRequest(text), text.slice(0, 20));
      if (text !== '[]') assertUnreadable(() => readStatus(text), text.slice(0, 20));
    }
    for (const text of ['', '{}', '"x"', '[{', 'No requests']) assertUnreadable(() => readList(text), text);
    for (const text of ['{}', '17.0.0', '{"version":17}']) assertUnreadable(() => readVersion(text), text);
    assertUnreadable(() => readCapabilities('[]x'));
  });

  it('an id that is none makes a request unreadable: it would become an argument and a file name', () => {
    for (const name of ['-rf', '../x', '', 'x', 'https://evil.test'])
      assertUnreadable(() => readChanged({}, { name }), name);
  });
});
