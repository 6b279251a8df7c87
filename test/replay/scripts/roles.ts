// Required reasons, roles changed, resource requests, capabilities, grants of other lengths, a lock.
import {
  approves,
  asks,
  assumes,
  at,
  caughtUp,
  copy,
  plays,
  playsAll,
  run,
  stage,
  type Step,
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
const bad = '{"kind":"role","version":"v7","metadata":{"name":"x"},"spec":{"allow":{"request":{"roles":7}}}}';

/** dev-team with a description, as `get` printed it before. */
const describedRole: Step = async () => {
  const get = ['tctl', '-c', '/etc/teleport.yaml', 'get', 'role/dev-team', '--format=yaml'];
  const { stdout } = await stage().run(onAuthHost, get);
  await stage().file('dev.yaml', stdout.replace('  name:', '  description: changed\n  name:'));
};

export function rolesAndResources(): void {
  describe('a role that needs a reason, and roles changed', () => {
    plays('create-needs-reason', onAuthHost, () => stage().file('more.yaml', needsReason));
    plays('create-again', onAuthHost);
    plays('create-bad', onAuthHost, () => stage().file('/dev/null', ''));
    plays('create-bad2', onAuthHost, () => stage().file('bad.yaml', bad));
    playsAll(onAuthHost, 'users-update', 'get-role-yaml');
    plays('update-role', onAuthHost, describedRole);
    plays('update-role-stale', onAuthHost);
  });

  describe('resources', () => {
    plays('search-nodes2', 'alice');
    playsAll('alice', 'resource-create', 'resource-show', 'resource-show-text');
    plays(
      'resource-login',
      'riso',
      approves('rita', '01a2038d-207a-7345-854d-a802f2616f5b'),
      copy('alice', 'riso'),
    );
    plays('resource-status', 'riso');
    plays('tsh-ls', 'riso', () => stage().heartbeat('2026-11-22T13:57:21.461Z'));
    plays('tsh-login-noop', 'alice', at('2026-11-22T13:58:32Z'));
    playsAll('alice', 'search-kube', 'search-roles');
  });

  describe('capabilities', () => {
    plays('capabilities', 'alice');
    plays('capabilities-eve', 'expired-eve');
    plays('capabilities-other', 'alice');
    plays('tctl-status-editor', 'eve');
  });
}

export function lockOnOneHome(): void {
  describe('a lock on one home', () => {
    const [gen1, gen2] = ['01a2038c-0d57-7a88-991d-7ce95872e826', '01a2038c-5ea9-7813-a652-48ffdf0f73e6'];
    plays(
      'lock-j',
      onAuthHost,
      asks('alice', gen1, 'gen1', '--max-duration=30m'),
      approves('rita', gen1, '--reason=go'),
      asks('alice', gen2, 'gen2 continues', '--max-duration=30m'),
      approves('rita', gen2, '--reason=go'),
    );
    plays('lock-mainLogin', 'alice', caughtUp);
    plays('lock-mainLogin-show', 'alice');
  });
}

export function otherLengths(): void {
  describe('grants of other lengths', () => {
    plays(
      'request-ttl-show',
      'alice',
      asks('alice', '01a20390-afcd-79ab-bdb0-db78b60569e3', 'r', '--request-ttl=10m', '--max-duration=30m'),
    );
    plays(
      'max-duration-show',
      'alice',
      asks('alice', '01a20390-b0c5-7cde-adaa-4c23ade9b783', 'r', '--max-duration=4h'),
    );
    plays(
      'long-grant-status',
      'lg2',
      asks('alice', longGrant, 'r', '--max-duration=4h'),
      approves('rita', longGrant),
      copy('alice', 'lg2'),
      at('2026-11-22T14:02:48.200Z'),
      assumes('lg2', longGrant),
    );
    plays(
      'session-ttl-show',
      'alice',
      asks('alice', '01a20391-1cbb-70f8-95a6-b40990e5a22d', 's', '--session-ttl=15m', '--max-duration=4h'),
    );
  });

  describe('a first login that failed', () => {
    const logout = ['tsh', 'logout', '--proxy=localhost:13080', '--user=rita'];
    plays('needs-reason-empty', 'failed', copy('rita', 'failed'), run('failed', logout));
  });

  describe('the proxy is down', () => {
    const down = (): Promise<void> => stage().faults([{ match: '', do: 'offline' }]);
    plays('down-status', 'alice', down);
    playsAll('alice', 'down-ls', 'down-create', 'down-login', 'down-drop');
  });
}
