// Replays a request from its creation to its drop, private homes, a denial, two approvals and a later start.
import {
  approveRequest,
  createRequest,
  setTime,
  startRecorded,
  waitForLists,
  testStep,
  copyHome,
  testRecording,
  testRecordings,
  signIn,
  replayCluster,
} from '../../support/replay/play.ts';

export function wholeWay(): void {
  describe('a fresh login', () => {
    testRecordings('alice', 'ent-status-base', 'ent-status-base-text', 'ent-ls-empty', 'ent-ls-empty-text');
    testRecordings('alice', 'version', 'version-client');
    testRecordings('nobody', 'logged-out', 'logged-out-ls');
  });

  describe('the whole way', () => {
    testRecording('ent-create-nowait', 'alice');
    testRecording('ent-ls-pending', 'alice', waitForLists);
    testRecordings('alice', 'ent-ls-pending-text', 'ent-show-pending-text');
    for (const name of ['unknown-role', 'no-roles', 'max-too-long', 'session-ttl-long', 'request-ttl-long']) {
      testRecording(`ent-create-${name}`, 'alice');
    }
    testRecordings('alice', 'ent-create-bad-duration', 'ent-login-denied-by-pending', 'ent-review-self');
    testRecording('ent-review-notallowed', 'bob');
    testRecording('ent-ls-reviewer', 'rita', waitForLists);
    testRecording('ent-review-approve', 'rita', setTime('2026-11-22T13:47:44.861Z'));
    testRecording('ent-review-approve-again', 'rita');
    testRecording('ent-review-late-deny', 'omar');
    testRecordings('alice', 'ent-show-approved', 'ent-show-approved-text');
    testRecordings('alice', 'ent-login-request', 'ent-status-elevated', 'ent-status-elevated-text');
    testRecordings('alice', 'ent-drop-one', 'ent-status-dropped', 'ent-drop-none', 'ent-drop-unknown');
    testRecordings('alice', 'ent-show-unknown', 'ent-login-unknown', 'ent-status-after-bad-login');
  });

  describe('private homes', () => {
    const successor = '01a20383-e352-7e04-8331-98e600ec6d8f';
    testRecording('iso-create', 'alice', signIn('alice', '2026-11-22T13:48:19.050Z'));
    testRecording(
      'iso-approve',
      'rita',
      copyHome('alice', 'iso'),
      startRecorded('iso-login-wait', 'iso'),
      setTime('2026-11-22T13:48:23.636Z'),
    );
    testStep('iso-login-wait', () => replayCluster().finish('iso-login-wait'));
    testRecording('iso-status', 'iso');
    testRecordings('alice', 'iso-everyday-status', 'iso-successor');
    testRecording(
      'iso-login-successor',
      'iso',
      setTime('2026-11-22T13:48:24.908Z'),
      approveRequest('rita', successor, '--reason=ok'),
    );
    testRecording('iso-status-two', 'iso');
    testRecording('iso2-login-successor', 'iso2', copyHome('alice', 'iso2'));
    testRecording('iso2-status', 'iso2');
    testRecordings('iso', 'iso-drop', 'iso-status-after-drop', 'iso-logout');
    testRecording('iso-everyday-status-after', 'alice');
  });

  describe('denied, two approvals, scheduled start, search', () => {
    const waited = '01a20384-7a40-72c2-90ea-9cf8b4dfa145';
    const scheduled = '01a20384-883e-7752-a82e-fb54f1cb7576';
    testRecording('deny-create', 'alice');
    testRecording('deny-review', 'rita');
    testRecordings('alice', 'deny-show-json', 'deny-show-text', 'deny-login', 'deny-status-after');
    testStep('wait-denied', async () => {
      await createRequest('alice', waited, 'w', '--roles=prod-dba')();
      await replayCluster().copyHome('alice', 'iso');
      await replayCluster().start('wait-denied', 'iso');
      await replayCluster().setTime('2026-11-22T13:49:06.060Z');
      await replayCluster().runUnrecorded('rita', [
        'tsh',
        'request',
        'review',
        '--deny',
        '--reason=no',
        waited,
      ]);
      await replayCluster().finish('wait-denied');
    });
    testRecording('two-create', 'bob');
    testRecording('two-review-1', 'rita');
    testRecording('two-show-1of2', 'bob');
    testRecording('two-review-2', 'omar');
    testRecording('two-show-2of2', 'bob');
    testRecording('sched-create', 'alice');
    testRecording('sched-show', 'alice', approveRequest('rita', scheduled));
    testRecordings('alice', 'sched-login-early', 'sched-status');
    testRecordings('alice', 'search-nodes', 'search-nodes-json', 'search-badkind');
  });
}
