// Replays arguments, the environment, usage errors, parallel calls and an expired login.
import {
  approveRequest,
  createRequest,
  setTime,
  waitForLists,
  testStep,
  copyHome,
  testRecording,
  testRecordings,
  signIn,
  replayCluster,
} from '../../support/replay/play.ts';

const env = '01a20388-f6ea-7551-9ba0-f008b091874c';

export function argumentsAndUsage(): void {
  describe('arguments and environment', () => {
    const markNewest = (): Promise<void> =>
      replayCluster().markJustChanged(
        '01a20388-f400-7a6c-9c35-d2a6d773c5e0',
        '01a20388-f573-7177-b101-4717bc962078',
      );
    testRecordings('alice', 'arg-at-file', 'arg-at-file-sep', 'arg-dash-reason', 'arg-empty-reason');
    testRecordings('alice', 'arg-comma-roles', 'arg-long-reason', 'arg-id-after-dashdash', 'arg-id-dash');
    testRecording('arg-ctl-reason', 'alice', waitForLists);
    testRecording('arg-reviewers', 'alice');
    testRecording('ls-many', 'alice', markNewest);
    testRecording('env-cluster', 'alice', markNewest);
    testRecording(
      'env-cluster-login',
      'iso',
      createRequest('alice', env, 'env'),
      approveRequest('rita', env),
      copyHome('alice', 'iso'),
    );
    testRecordings('iso', 'env-cluster-status', 'env-proxy-bogus', 'proxy-down-status');
  });

  describe('usage errors, parallel drops, an expired login', () => {
    testRecordings('alice', 'usage-bad-format', 'usage-no-cmd', 'usage-unknown-cmd');
    testStep('conc-status', async () => {
      await replayCluster().copyHome('alice', 'conc');
      for (let round = 0; round < 2; round++) {
        await Promise.all(
          Array.from({ length: 8 }, () => replayCluster().runUnrecorded('conc', ['tsh', 'request', 'drop'])),
        );
      }
      await replayCluster().runUnrecorded('conc', ['tsh', 'request', 'drop']);
      await replayCluster().setTime('2026-11-22T13:54:20Z');
      await replayCluster().replay('conc-status', 'conc');
    });
    testRecording(
      'expired-status',
      'short',
      signIn('alice', '2026-11-22T13:54:48.300Z', 'short', 1),
      signIn('eve', '2026-11-22T13:54:48.300Z', 'expired-eve', 1),
      setTime('2026-11-22T13:56:00Z'),
    );
    for (const name of ['status-text', 'ls', 'create', 'login-request', 'status-after', 'drop', 'tctl']) {
      testRecording(`expired-${name}`, 'short');
    }
  });
}
