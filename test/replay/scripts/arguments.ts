// Arguments, environment, usage errors, parallel calls, an expired login.
import {
  approves,
  asks,
  at,
  caughtUp,
  compares,
  copy,
  plays,
  playsAll,
  signIn,
  stage,
} from '../../support/replay/play.ts';

const env = '01a20388-f6ea-7551-9ba0-f008b091874c';

export function argumentsAndUsage(): void {
  describe('arguments and environment', () => {
    const newest = (): Promise<void> =>
      stage().justChanged('01a20388-f400-7a6c-9c35-d2a6d773c5e0', '01a20388-f573-7177-b101-4717bc962078');
    playsAll('alice', 'arg-at-file', 'arg-at-file-sep', 'arg-dash-reason', 'arg-empty-reason');
    playsAll('alice', 'arg-comma-roles', 'arg-long-reason', 'arg-id-after-dashdash', 'arg-id-dash');
    plays('arg-ctl-reason', 'alice', caughtUp);
    plays('arg-reviewers', 'alice');
    plays('ls-many', 'alice', newest);
    plays('env-cluster', 'alice', newest);
    plays('env-cluster-login', 'iso', asks('alice', env, 'env'), approves('rita', env), copy('alice', 'iso'));
    playsAll('iso', 'env-cluster-status', 'env-proxy-bogus', 'proxy-down-status');
  });

  describe('usage errors, parallel drops, an expired login', () => {
    playsAll('alice', 'usage-bad-format', 'usage-no-cmd', 'usage-unknown-cmd');
    compares('conc-status', async () => {
      await stage().copy('alice', 'conc');
      for (let round = 0; round < 2; round++) {
        await Promise.all(Array.from({ length: 8 }, () => stage().run('conc', ['tsh', 'request', 'drop'])));
      }
      await stage().run('conc', ['tsh', 'request', 'drop']);
      await stage().at('2026-11-22T13:54:20Z');
      await stage().play('conc-status', 'conc');
    });
    plays(
      'expired-status',
      'short',
      signIn('alice', '2026-11-22T13:54:48.300Z', 'short', 1),
      signIn('eve', '2026-11-22T13:54:48.300Z', 'expired-eve', 1),
      at('2026-11-22T13:56:00Z'),
    );
    for (const name of ['status-text', 'ls', 'create', 'login-request', 'status-after', 'drop', 'tctl']) {
      plays(`expired-${name}`, 'short');
    }
  });
}
