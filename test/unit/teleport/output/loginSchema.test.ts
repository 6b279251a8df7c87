import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { readStatus } from '../../../../src/teleport/output/loginSchema.ts';
import { readRecording } from '../../../support/recordings.ts';
import { names } from '../../../support/samples.ts';

describe('reading the status of a login', () => {
  it('the login, with and without something assumed', () => {
    const elevated = readStatus(readRecording('ent-status-elevated').stdout);
    assert.equal(elevated?.assumed.length, 1);
    assert.ok(elevated.roles.includes(untrusted('kube-admin')));
    const base = readStatus(readRecording('ent-status-base').stdout);
    assert.deepEqual([base?.assumed, base?.user, base?.roles], [[], untrusted('alice'), names('dev-team')]);
    assert.notEqual(readStatus(readRecording('expired-status').stdout), undefined);
  });

  it('sentences behind the JSON of a status', () => {
    const { stdout } = readRecording('ent-status-base');
    const withSentences = `${stdout}\nYour access will expire. Run {tsh login}.\n`;
    assert.deepEqual(readStatus(withSentences), readStatus(stdout));
    assert.equal(readStatus('{\n  "active": null\n}\n'), undefined);
    assert.equal(readStatus('{"profiles":[]}'), undefined);
  });
});
