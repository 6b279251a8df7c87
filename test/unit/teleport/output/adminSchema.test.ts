import assert from 'node:assert/strict';
import { rawText } from '../../../../src/access/untrusted/untrusted.ts';
import * as schema from '../../../../src/teleport/output/adminSchema.ts';
import { readRecording } from '../../../support/recordings.ts';
import { id } from '../../../support/samples.ts';

const { readClusterStatus, readStoredResources, readLockName, readLocks, roleNamesOf } = schema;

describe('what tctl says', () => {
  it('of people: their names, revisions and roles', () => {
    const people = readStoredResources(readRecording('oss-tctl-get-users').stdout);
    assert.deepEqual(
      people.slice(0, 2).map((person) => [rawText(person.name), roleNamesOf(person).map(rawText)]),
      [
        ['alice', ['dev-team']],
        ['ana', ['editor']],
      ],
    );
    assert.match(people[0]?.revision ?? '', /^[0-9a-f-]{36}$/);
  });

  it('of a role: the whole of it, unknown fields too', () => {
    const [role] = readStoredResources(
      '[{"kind":"role","metadata":{"name":"x","revision":"r"},"spec":{"new":{"a":1}}}]',
    );
    assert.equal(role?.revision, 'r');
    assert.deepEqual(role.document['spec'], { new: { a: 1 } });
  });

  it('of several, one of which is broken: the others', () => {
    const resources = readStoredResources('[{"kind":"role"},{"metadata":{"name":"x"}},null,7]');
    assert.deepEqual(
      resources.map(({ name }) => rawText(name)),
      ['x'],
    );
    assert.equal(resources[0]?.revision, '');
    assert.deepEqual(resources.map(roleNamesOf), [[]]);
  });

  it('of locks: which request they cut, in whose words, until when', () => {
    const target = { access_request: id(1) };
    const spec = { target, message: 'stop', expires: '2026-11-22T20:00:00Z' };
    const output = JSON.stringify([
      { metadata: { name: 'l1' }, spec },
      { metadata: { name: 'l2' }, spec: { target: { user: 'bob' } } },
    ]);
    assert.deepEqual(readLocks(output), [
      { name: 'l1', request: id(1), message: 'stop', expires: Date.parse('2026-11-22T20:00:00Z') },
      { name: 'l2' },
    ]);
    // Recorded right after the lock was removed. The list still has it, because lists lag.
    const [lock] = readLocks(readRecording('tctl-get-locks-empty').stdout);
    assert.equal(lock?.request, '01a203d2-dd3b-771f-9e83-dcc74fe18c8e');
    assert.deepEqual(readLocks(readRecording('tctl-get-locks').stdout), []);
  });

  it('of a lock just made: its name', () => {
    assert.equal(readLockName(readRecording('oss-lock').stdout), '58656929-09e3-4196-8a5f-e56a7a398e75');
    assert.equal(readLockName('Created something'), undefined);
  });

  it('of the cluster: its name and version', () => {
    const status = readClusterStatus(readRecording('oss-tctl-status').stdout);
    assert.deepEqual(status, { cluster: 'oss.example.test', version: '17.0.0-dev' });
    assert.deepEqual(readClusterStatus('something else'), {});
  });
});
