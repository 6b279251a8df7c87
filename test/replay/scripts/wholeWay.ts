// The whole way, private homes, and what is denied, needs two or starts later.
import {
  approves,
  asks,
  at,
  begins,
  caughtUp,
  compares,
  copy,
  plays,
  playsAll,
  signIn,
  stage,
} from '../../support/replay/play.ts';

export function wholeWay(): void {
  describe('a fresh login', () => {
    playsAll('alice', 'ent-status-base', 'ent-status-base-text', 'ent-ls-empty', 'ent-ls-empty-text');
    playsAll('alice', 'version', 'version-client');
    playsAll('nobody', 'logged-out', 'logged-out-ls');
  });

  describe('the whole way', () => {
    plays('ent-create-nowait', 'alice');
    plays('ent-ls-pending', 'alice', caughtUp);
    playsAll('alice', 'ent-ls-pending-text', 'ent-show-pending-text');
    for (const name of ['unknown-role', 'no-roles', 'max-too-long', 'session-ttl-long', 'request-ttl-long']) {
      plays(`ent-create-${name}`, 'alice');
    }
    playsAll('alice', 'ent-create-bad-duration', 'ent-login-denied-by-pending', 'ent-review-self');
    plays('ent-review-notallowed', 'bob');
    plays('ent-ls-reviewer', 'rita', caughtUp);
    plays('ent-review-approve', 'rita', at('2026-11-22T13:47:44.861Z'));
    plays('ent-review-approve-again', 'rita');
    plays('ent-review-late-deny', 'omar');
    playsAll('alice', 'ent-show-approved', 'ent-show-approved-text');
    playsAll('alice', 'ent-login-request', 'ent-status-elevated', 'ent-status-elevated-text');
    playsAll('alice', 'ent-drop-one', 'ent-status-dropped', 'ent-drop-none', 'ent-drop-unknown');
    playsAll('alice', 'ent-show-unknown', 'ent-login-unknown', 'ent-status-after-bad-login');
  });

  describe('private homes', () => {
    const successor = '01a20383-e352-7e04-8331-98e600ec6d8f';
    plays('iso-create', 'alice', signIn('alice', '2026-11-22T13:48:19.050Z'));
    plays(
      'iso-approve',
      'rita',
      copy('alice', 'iso'),
      begins('iso-login-wait', 'iso'),
      at('2026-11-22T13:48:23.636Z'),
    );
    compares('iso-login-wait', () => stage().finish('iso-login-wait'));
    plays('iso-status', 'iso');
    playsAll('alice', 'iso-mainLogin-status', 'iso-successor');
    plays(
      'iso-login-successor',
      'iso',
      at('2026-11-22T13:48:24.908Z'),
      approves('rita', successor, '--reason=ok'),
    );
    plays('iso-status-two', 'iso');
    plays('iso2-login-successor', 'iso2', copy('alice', 'iso2'));
    plays('iso2-status', 'iso2');
    playsAll('iso', 'iso-drop', 'iso-status-after-drop', 'iso-logout');
    plays('iso-mainLogin-status-after', 'alice');
  });

  describe('denied, two approvals, scheduled start, search', () => {
    const waited = '01a20384-7a40-72c2-90ea-9cf8b4dfa145';
    const scheduled = '01a20384-883e-7752-a82e-fb54f1cb7576';
    plays('deny-create', 'alice');
    plays('deny-review', 'rita');
    playsAll('alice', 'deny-show-json', 'deny-show-text', 'deny-login', 'deny-status-after');
    compares('wait-denied', async () => {
      await asks('alice', waited, 'w', '--roles=prod-dba')();
      await stage().copy('alice', 'iso');
      await stage().begin('wait-denied', 'iso');
      await stage().at('2026-11-22T13:49:06.060Z');
      await stage().run('rita', ['tsh', 'request', 'review', '--deny', '--reason=no', waited]);
      await stage().finish('wait-denied');
    });
    plays('two-create', 'bob');
    plays('two-review-1', 'rita');
    plays('two-show-1of2', 'bob');
    plays('two-review-2', 'omar');
    plays('two-show-2of2', 'bob');
    plays('sched-create', 'alice');
    plays('sched-show', 'alice', approves('rita', scheduled));
    playsAll('alice', 'sched-login-early', 'sched-status');
    playsAll('alice', 'search-nodes', 'search-nodes-json', 'search-badkind');
  });
}
