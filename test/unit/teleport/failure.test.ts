import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorText, failureOf, recognise, TeleportFailure } from '../../../src/teleport/failure.ts';
import type { FailureKind } from '../../../src/teleport/failure.ts';
import { recording } from '../../replay/recordings.ts';

/** What each failure that was recorded is understood as. */
const kinds: Readonly<Record<string, FailureKind>> = {
  'arg-id-after-dashdash': 'gone',
  'arg-id-dash': 'refused',
  'arg-long-reason': 'tooLong',
  'capabilities-eve': 'expired',
  'capabilities-other': 'notPermitted',
  'deny-login': 'denied',
  'down-create': 'unreachable',
  'down-drop': 'unreachable',
  'down-login': 'unreachable',
  'down-ls': 'unreachable',
  'drop-second-first-gone': 'gone',
  'ent-create-max-too-long': 'refused',
  'ent-create-no-roles': 'refused',
  'ent-create-request-ttl-long': 'refused',
  'ent-create-session-ttl-long': 'refused',
  'ent-create-unknown-role': 'notRequestable',
  'ent-login-unknown': 'gone',
  'ent-review-approve-again': 'alreadyReviewed',
  'ent-review-late-deny': 'decided',
  'ent-review-notallowed': 'notPermitted',
  'ent-review-self': 'notPermitted',
  'ent-show-unknown': 'gone',
  'env-proxy-bogus': 'unreachable',
  'expired-create': 'expired',
  'expired-drop': 'expired',
  'expired-login-request': 'needsTerminal',
  'expired-ls': 'expired',
  'expired-status-after': 'expired',
  'expired-status-text': 'expired',
  'expired-status': 'expired',
  'expired-tctl': 'expired',
  'logged-out-ls': 'signedOut',
  'logged-out': 'signedOut',
  'oss-locked-drop': 'locked',
  'oss-locked-dropall': 'locked',
  'oss-locked-login-again': 'locked',
  'oss-locked-ls': 'locked',
  'oss-locked-reqls': 'locked',
  'oss-locked-show': 'locked',
  'oss-show-after-rm': 'gone',
  'oss-tctl-approve-bob': 'notPermitted',
  'oss-tctl-loggedout': 'signedOut',
  'oss-tctl-unknown': 'gone',
  'oss-tsh-review-admin': 'notPermitted',
  'proxy-down-status': 'unreachable',
  'sched-login-early': 'tooEarly',
  'tctl-lock-rm-again': 'refused',
  'usage-bad-format': 'refused',
  'usage-no-cmd': 'refused',
  'usage-unknown-cmd': 'refused',
  'wait-denied': 'denied',
};

const folder = fileURLToPath(new URL('../../fixtures/real-teleport/', import.meta.url));
const recordings = globSync('*.json', { cwd: folder })
  .map((file) => recording(basename(file, '.json')))
  .filter(({ exit }) => typeof exit === 'number');

describe('failures of a real tsh, as it printed them', () => {
  for (const { name, exit, stdout, stderr } of recordings.filter((one) => one.exit !== 0)) {
    it(`${name} is ${kinds[name] ?? '(not in the table)'}`, () => {
      assert.equal(recognise({ kind: 'exited', code: Number(exit), stdout, stderr })?.kind, kinds[name]);
    });
  }

  it('what ended well is no failure, whatever stands on stderr', () => {
    for (const { name, stdout, stderr } of recordings.filter((one) => one.exit === 0)) {
      assert.equal(recognise({ kind: 'exited', code: 0, stdout, stderr }), undefined, name);
    }
  });

  it('tsh is quoted by its own first line, without colours', () => {
    const { stdout, stderr } = recording('down-login');
    const failure = recognise({ kind: 'exited', code: 1, stdout, stderr });
    assert.equal(failure?.said, 'Teleport proxy not available at localhost:13080.');
    assert.equal(errorText(recording('sched-login-early').stderr).split(' ')[0], 'access');
  });

  it('the request that a failure is about is known', () => {
    const { stdout, stderr } = recording('drop-second-first-gone');
    const failure = recognise({ kind: 'exited', code: 1, stdout, stderr });
    assert.equal(failure?.about, '01a20388-7d7d-7972-82b8-248da3ef98e9');
  });

  it('other words of other versions are understood too', () => {
    const said: readonly (readonly [string, FailureKind])[] = [
      ['ERROR: access denied: client credentials have expired', 'expired'],
      ['ERROR: lock targeting AccessRequest:"x" is in force: stop', 'locked'],
      ['ERROR: dial tcp: lookup teleport.example.test: no such host', 'unreachable'],
      ['ERROR: x509: certificate signed by unknown authority', 'unreachable'],
      ['ERROR: Cannot connect to the auth server. Is the auth server running on "p:443"?', 'unreachable'],
      ['ERROR: access request "x" has expired', 'gone'],
      ['ERROR: etwas ganz anderes', 'refused'],
      ['', 'refused'],
    ];
    for (const [stderr, kind] of said) {
      assert.equal(recognise({ kind: 'exited', code: 1, stdout: '', stderr })?.kind, kind, stderr);
    }
  });

  it('an error of ours holds the kind and no words of others, so that it can be logged', () => {
    const { stderr } = recording('deny-login');
    const error = new TeleportFailure(recognise({ kind: 'exited', code: 1, stdout: '', stderr })!);
    assert.equal(error.message, 'denied');
    assert.equal(failureOf(error)?.kind, 'denied');
    assert.equal(failureOf(new Error('denied')), undefined);
  });
});
