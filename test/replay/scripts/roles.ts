// Replays required reasons, changed roles, resource requests, capabilities, other grant lengths and a lock.
import {
  approveRequest,
  createRequest,
  assumeRequest,
  setTime,
  waitForLists,
  copyHome,
  testRecording,
  testRecordings,
  runUnrecorded,
  replayCluster,
  type ReplayStep,
} from '../../support/replay/play.ts';

const longGrant = '01a20391-0203-7d38-8bff-fbe8c519e22d';
const onAuthHost = 'nobody';

const needsReason = `kind: role
version: v7
metadata: {name: needs-reason}
spec:
  options: {request_access: reason, request_prompt: "Ticket number, please (INC-nnn)"}
  allow: {request: {roles: [kube-admin]}}
`;
const invalidRole =
  '{"kind":"role","version":"v7","metadata":{"name":"x"},"spec":{"allow":{"request":{"roles":7}}}}';

/** Provides the manifest of dev-team as `get` prints it, with a description. */
const provideDescribedRole: ReplayStep = async () => {
  const get = ['tctl', '-c', '/etc/teleport.yaml', 'get', 'role/dev-team', '--format=yaml'];
  const { stdout } = await replayCluster().runUnrecorded(onAuthHost, get);
  await replayCluster().provideFile('dev.yaml', stdout.replace('  name:', '  description: changed\n  name:'));
};

export function rolesAndResources(): void {
  describe('a role that needs a reason, and roles changed', () => {
    testRecording('create-needs-reason', onAuthHost, () =>
      replayCluster().provideFile('more.yaml', needsReason),
    );
    testRecording('create-again', onAuthHost);
    testRecording('create-bad', onAuthHost, () => replayCluster().provideFile('/dev/null', ''));
    testRecording('create-bad2', onAuthHost, () => replayCluster().provideFile('bad.yaml', invalidRole));
    testRecordings(onAuthHost, 'users-update', 'get-role-yaml');
    testRecording('update-role', onAuthHost, provideDescribedRole);
    testRecording('update-role-stale', onAuthHost);
  });

  describe('resources', () => {
    testRecording('search-nodes2', 'alice');
    testRecordings('alice', 'resource-create', 'resource-show', 'resource-show-text');
    testRecording(
      'resource-login',
      'riso',
      approveRequest('rita', '01a2038d-207a-7345-854d-a802f2616f5b'),
      copyHome('alice', 'riso'),
    );
    testRecording('resource-status', 'riso');
    testRecording('tsh-ls', 'riso', () => replayCluster().setHeartbeat('2026-11-22T13:57:21.461Z'));
    testRecording('tsh-login-noop', 'alice', setTime('2026-11-22T13:58:32Z'));
    testRecordings('alice', 'search-kube', 'search-roles');
  });

  describe('capabilities', () => {
    testRecording('capabilities', 'alice');
    testRecording('capabilities-eve', 'expired-eve');
    testRecording('capabilities-other', 'alice');
    testRecording('tctl-status-editor', 'eve');
  });
}

export function lockOnOneHome(): void {
  describe('a lock on one home', () => {
    const [gen1, gen2] = ['01a2038c-0d57-7a88-991d-7ce95872e826', '01a2038c-5ea9-7813-a652-48ffdf0f73e6'];
    testRecording(
      'lock-j',
      onAuthHost,
      createRequest('alice', gen1, 'gen1', '--max-duration=30m'),
      approveRequest('rita', gen1, '--reason=go'),
      createRequest('alice', gen2, 'gen2 continues', '--max-duration=30m'),
      approveRequest('rita', gen2, '--reason=go'),
    );
    testRecording('lock-everyday', 'alice', waitForLists);
    testRecording('lock-everyday-show', 'alice');
  });
}

export function otherLengths(): void {
  describe('grants of other lengths', () => {
    testRecording(
      'request-ttl-show',
      'alice',
      createRequest(
        'alice',
        '01a20390-afcd-79ab-bdb0-db78b60569e3',
        'r',
        '--request-ttl=10m',
        '--max-duration=30m',
      ),
    );
    testRecording(
      'max-duration-show',
      'alice',
      createRequest('alice', '01a20390-b0c5-7cde-adaa-4c23ade9b783', 'r', '--max-duration=4h'),
    );
    testRecording(
      'long-grant-status',
      'lg2',
      createRequest('alice', longGrant, 'r', '--max-duration=4h'),
      approveRequest('rita', longGrant),
      copyHome('alice', 'lg2'),
      setTime('2026-11-22T14:02:48.200Z'),
      assumeRequest('lg2', longGrant),
    );
    testRecording(
      'session-ttl-show',
      'alice',
      createRequest(
        'alice',
        '01a20391-1cbb-70f8-95a6-b40990e5a22d',
        's',
        '--session-ttl=15m',
        '--max-duration=4h',
      ),
    );
  });

  describe('a first login that failed', () => {
    const logout = ['tsh', 'logout', '--proxy=localhost:13080', '--user=rita'];
    testRecording(
      'needs-reason-empty',
      'failed',
      copyHome('rita', 'failed'),
      runUnrecorded('failed', logout),
    );
  });

  describe('the proxy is down', () => {
    const takeOffline = (): Promise<void> => replayCluster().setFaults([{ match: '', do: 'offline' }]);
    testRecording('down-status', 'alice', takeOffline);
    testRecordings('alice', 'down-ls', 'down-create', 'down-login', 'down-drop');
  });
}
