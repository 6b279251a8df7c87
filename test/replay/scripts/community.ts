// Replays Community: decisions with tctl, locks, and requests that are deleted while they are assumed.
import {
  createRequest,
  assumeRequest,
  setTime,
  waitForLists,
  forceApproval,
  testRecording,
  testRecordings,
  runUnrecorded,
  signIn,
  replayCluster,
} from '../../support/replay/play.ts';

export function tctlDecides(): void {
  describe('tctl decides', () => {
    const text = 'debugging production for client XYZ';
    testRecording('oss-ls', 'alice');
    testRecording('oss-tctl-loggedout', 'nobody');
    testRecordings('ana', 'oss-tctl-status', 'oss-tctl-capabilities');
    testRecording('oss-tctl-capabilities-alice', 'alice');
    testRecording(
      'oss-create',
      'alice',
      createRequest('alice', '01a20384-ffb2-7604-aeb0-c016d7d4ac28', text),
      createRequest('alice', '01a20386-7e10-78ae-a27b-b116835e42df', text),
    );
    testRecording('oss-tsh-review-admin', 'ana');
    testRecording('oss-tctl-ls', 'ana', waitForLists);
    testRecording('oss-tctl-ls-text', 'ana', setTime('2026-11-22T13:52:35Z'));
    testRecording('oss-tsh-ls-admin', 'ana');
    testRecording('oss-tctl-approve-bob', 'bob');
    testRecordings('ana', 'oss-tctl-approve', 'oss-tctl-approve-again');
    testRecordings('alice', 'oss-show-approved', 'oss-login', 'oss-status');
    testRecording('oss-tctl-deny-after', 'ana');
    testRecording('oss-show-denied-after', 'alice');
    testRecording('oss-ls-after-deny', 'alice', () =>
      replayCluster().markJustChanged('01a20387-b0f7-73c5-8209-1d04c7320e6f'),
    );
    testRecording('oss-tctl-rm', 'ana');
    testRecordings(
      'alice',
      'oss-status-after-rm',
      'oss-show-after-rm',
      'oss-drop-gone',
      'oss-status-after-drop',
    );
    testRecording('oss-tctl-unknown', 'ana');
  });

  describe('a lock on an assumed request', () => {
    const locked = '01a20388-31ed-7b30-889e-9d1a2a7e01fa';
    testRecording(
      'oss-tctl-lock-as-editor',
      'ana',
      createRequest('alice', locked, 'lock me'),
      forceApproval('ana', locked),
      assumeRequest('alice', locked),
    );
    testRecording('oss-lock', 'nobody');
    for (const name of ['ls', 'reqls', 'status', 'show', 'drop', 'dropall', 'status-after', 'login-again']) {
      testRecording(`oss-locked-${name}`, 'alice');
    }
  });

  describe('two assumed, the first deleted', () => {
    const [first, second] = ['01a20388-7d7d-7972-82b8-248da3ef98e9', '01a20388-7eca-7606-8104-698931e296c2'];
    testRecording(
      'two-active',
      'alice',
      signIn('alice', '2026-11-22T13:53:20Z'),
      createRequest('alice', first, 'rm me'),
      forceApproval('ana', first),
      assumeRequest('alice', first),
      createRequest('alice', second, 'second'),
      forceApproval('ana', second),
      assumeRequest('alice', second),
    );
    testRecording('rm-first', 'nobody');
    testRecordings('alice', 'drop-second-first-gone', 'drop-first-gone', 'two-status', 'drop-all');
    testRecording('two-status-after', 'alice');
  });

  describe('an annotated approval, a lock made and removed', () => {
    const annotated = '01a203d2-dd3b-771f-9e83-dcc74fe18c8e';
    testRecording(
      'oss-show-annotated',
      'alice',
      signIn('alice', '2026-11-22T15:14:39Z'),
      createRequest('alice', annotated, 'lock test'),
      runUnrecorded('ana', ['tctl', 'requests', 'approve', '--annotations=reviewer=ana', annotated]),
    );
    testRecording('tctl-lock-create', 'ana', setTime('2026-11-22T15:14:41.138Z'), waitForLists);
    testRecording('tctl-get-locks', 'ana');
    testRecording('tctl-lock-rm', 'ana', waitForLists);
    testRecording('tctl-get-locks-empty', 'ana');
    testRecording('tctl-lock-rm-again', 'ana');
    testRecording('tctl-get-locks-denied', 'alice');
  });
}

export function communityReads(): void {
  describe('what administrators read', () => {
    testRecording('oss-tctl-get-users', 'ana', runUnrecorded('nobody', onlyEditor), waitForLists);
    testRecordings('ana', 'oss-tctl-get-roles', 'oss-tctl-get-role-yaml');
    testRecording('oss-tctl-get-roles-alice', 'alice');
  });
}

const onlyEditor = ['tctl', '-c', '/etc/teleport.yaml', 'users', 'update', 'ana', '--set-roles=editor'];
