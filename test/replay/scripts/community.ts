// Community: tctl decides; locks; requests deleted while assumed.
import {
  asks,
  assumes,
  at,
  caughtUp,
  decrees,
  plays,
  playsAll,
  run,
  signIn,
} from '../../support/replay/play.ts';

export function tctlDecides(): void {
  describe('tctl decides', () => {
    const text = 'debugging production for client XYZ';
    plays('oss-ls', 'alice');
    plays('oss-tctl-loggedout', 'nobody');
    playsAll('ana', 'oss-tctl-status', 'oss-tctl-capabilities');
    plays('oss-tctl-capabilities-alice', 'alice');
    plays(
      'oss-create',
      'alice',
      asks('alice', '01a20384-ffb2-7604-aeb0-c016d7d4ac28', text),
      asks('alice', '01a20386-7e10-78ae-a27b-b116835e42df', text),
    );
    plays('oss-tsh-review-admin', 'ana');
    plays('oss-tctl-ls', 'ana', caughtUp);
    plays('oss-tctl-ls-text', 'ana', at('2026-11-22T13:52:35Z'));
    plays('oss-tsh-ls-admin', 'ana');
    plays('oss-tctl-approve-bob', 'bob');
    playsAll('ana', 'oss-tctl-approve', 'oss-tctl-approve-again');
    playsAll('alice', 'oss-show-approved', 'oss-login', 'oss-status');
    plays('oss-tctl-deny-after', 'ana');
    playsAll('alice', 'oss-show-denied-after', 'oss-ls-after-deny');
    plays('oss-tctl-rm', 'ana');
    playsAll('alice', 'oss-status-after-rm', 'oss-show-after-rm', 'oss-drop-gone', 'oss-status-after-drop');
    plays('oss-tctl-unknown', 'ana');
  });

  describe('a lock on an assumed request', () => {
    const locked = '01a20388-31ed-7b30-889e-9d1a2a7e01fa';
    plays(
      'oss-tctl-lock-as-editor',
      'ana',
      asks('alice', locked, 'lock me'),
      decrees('ana', locked),
      assumes('alice', locked),
    );
    plays('oss-lock', 'nobody');
    for (const name of ['ls', 'reqls', 'status', 'show', 'drop', 'dropall', 'status-after', 'login-again']) {
      plays(`oss-locked-${name}`, 'alice');
    }
  });

  describe('two assumed, the first deleted', () => {
    const [first, second] = ['01a20388-7d7d-7972-82b8-248da3ef98e9', '01a20388-7eca-7606-8104-698931e296c2'];
    plays(
      'two-active',
      'alice',
      signIn('alice', '2026-11-22T13:53:20Z'),
      asks('alice', first, 'rm me'),
      decrees('ana', first),
      assumes('alice', first),
      asks('alice', second, 'second'),
      decrees('ana', second),
      assumes('alice', second),
    );
    plays('rm-first', 'nobody');
    playsAll('alice', 'drop-second-first-gone', 'drop-first-gone', 'two-status', 'drop-all');
    plays('two-status-after', 'alice');
  });

  describe('an annotated approval, a lock made and removed', () => {
    const annotated = '01a203d2-dd3b-771f-9e83-dcc74fe18c8e';
    plays(
      'oss-show-annotated',
      'alice',
      signIn('alice', '2026-11-22T15:14:39Z'),
      asks('alice', annotated, 'lock test'),
      run('ana', ['tctl', 'requests', 'approve', '--annotations=reviewer=ana', annotated]),
    );
    plays('tctl-lock-create', 'ana', at('2026-11-22T15:14:41.138Z'), caughtUp);
    plays('tctl-get-locks', 'ana');
    plays('tctl-lock-rm', 'ana', caughtUp);
    plays('tctl-get-locks-empty', 'ana');
    plays('tctl-lock-rm-again', 'ana');
    plays('tctl-get-locks-denied', 'alice');
  });
}

export function communityReads(): void {
  describe('what administrators read', () => {
    plays('oss-tctl-get-users', 'ana', run('nobody', onlyEditor), caughtUp);
    playsAll('ana', 'oss-tctl-get-roles', 'oss-tctl-get-role-yaml');
    plays('oss-tctl-get-roles-alice', 'alice');
  });
}

const onlyEditor = ['tctl', '-c', '/etc/teleport.yaml', 'users', 'update', 'ana', '--set-roles=editor'];
