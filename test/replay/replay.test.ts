// Plays the recordings of a real Teleport on the demo cluster, in the order they were made, and compares
// byte for byte apart from ids, times and fractions of seconds (see recordings.ts).
import assert from 'node:assert/strict';
import { Stage } from './stage.ts';

let matched = 0;
let played = 0;
let stage: Stage;

/** Recordings of these scripts that the demo does not print the same, each with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  'usage-no-cmd': 'the table of commands has no `request search` yet',
  'usage-unknown-cmd': 'the table of commands has no `request search` yet',
  'oss-locked-ls': 'there are no nodes and no `tsh ls` yet',
};

type Step = () => Promise<unknown>;

/** One test a recording; `before` are the steps between it and the one before. */
function plays(name: string, home: string, ...before: Step[]): void {
  compares(name, async () => {
    for (const step of before) await step();
    await stage.play(name, home);
  });
}

function compares(name: string, step: Step): void {
  played++;
  it(name, async () => {
    const reason = exceptions[name];
    if (reason === undefined) {
      await step();
      matched++;
    } else {
      await assert.rejects(step(), assert.AssertionError, `${name} matches now`);
    }
  });
}

const at = (time: string) => (): Promise<void> => stage.at(time);
const run = (home: string, argv: readonly string[], id?: string) => (): Promise<unknown> =>
  stage.run(home, argv, id);
const copy = (from: string, to: string) => (): Promise<void> => stage.copy(from, to);
const caughtUp = (): Promise<void> => stage.caughtUp();
const asks = (home: string, id: string, reason: string, ...flags: string[]): Step => {
  const roles = flags.some((flag) => flag.startsWith('--roles')) ? [] : ['--roles=kube-admin'];
  return run(home, ['tsh', 'request', 'create', ...roles, `--reason=${reason}`, '--nowait', ...flags], id);
};
const approves = (person: string, id: string, ...flags: string[]): Step =>
  run(person, ['tsh', 'request', 'review', '--approve', ...flags, id]);
const assumes = (home: string, id: string): Step => run(home, ['tsh', 'login', `--request-id=${id}`]);

const env = '01a20388-f6ea-7551-9ba0-f008b091874c';
const longGrant = '01a20391-0203-7d38-8bff-fbe8c519e22d';
const gen2 = '01a2038c-5ea9-7813-a652-48ffdf0f73e6';

describe('Enterprise cluster, as recorded', function () {
  this.timeout(30_000);
  before(async () => {
    stage = await Stage.open('enterprise', '2026-11-22T13:46:47.100Z');
  });
  after(() => stage.close());

  describe('a fresh login', () => {
    for (const name of ['ent-status-base', 'ent-status-base-text', 'ent-ls-empty', 'ent-ls-empty-text']) {
      plays(name, 'alice');
    }
    plays('version', 'alice');
    plays('version-client', 'alice');
    plays('logged-out', 'nobody');
    plays('logged-out-ls', 'nobody');
  });

  describe('the whole way', () => {
    plays('ent-create-nowait', 'alice');
    plays('ent-ls-pending', 'alice', caughtUp);
    plays('ent-ls-pending-text', 'alice');
    plays('ent-show-pending-text', 'alice');
    for (const name of ['unknown-role', 'no-roles', 'max-too-long', 'session-ttl-long', 'request-ttl-long']) {
      plays(`ent-create-${name}`, 'alice');
    }
    plays('ent-create-bad-duration', 'alice');
    plays('ent-login-denied-by-pending', 'alice');
    plays('ent-review-self', 'alice');
    plays('ent-review-notallowed', 'bob');
    plays('ent-ls-reviewer', 'rita', caughtUp);
    plays('ent-review-approve', 'rita', at('2026-11-22T13:47:44.861Z'));
    plays('ent-review-approve-again', 'rita');
    plays('ent-review-late-deny', 'omar');
    for (const name of ['show-approved', 'show-approved-text', 'login-request', 'status-elevated']) {
      plays(`ent-${name}`, 'alice');
    }
    for (const name of ['status-elevated-text', 'drop-one', 'status-dropped', 'drop-none', 'drop-unknown']) {
      plays(`ent-${name}`, 'alice');
    }
    for (const name of ['show-unknown', 'login-unknown', 'status-after-bad-login']) {
      plays(`ent-${name}`, 'alice');
    }
  });

  describe('private homes', () => {
    const successor = '01a20383-e352-7e04-8331-98e600ec6d8f';
    plays('iso-create', 'alice', () => stage.signIn('alice', '2026-11-22T13:48:19.050Z'));
    compares('iso-login-wait', async () => {
      await stage.copy('alice', 'iso');
      await stage.begin('iso-login-wait', 'iso');
      await stage.at('2026-11-22T13:48:23.636Z');
      await stage.run('rita', [
        ...['tsh', 'request', 'review', '--approve', '--reason=ok'],
        '01a20383-ce92-76e9-900c-bf8486a8f34d',
      ]);
      await stage.finish('iso-login-wait');
    });
    plays('iso-status', 'iso');
    plays('iso-everyday-status', 'alice');
    plays('iso-successor', 'alice');
    plays(
      'iso-login-successor',
      'iso',
      at('2026-11-22T13:48:24.908Z'),
      approves('rita', successor, '--reason=ok'),
    );
    plays('iso-status-two', 'iso');
    plays('iso2-login-successor', 'iso2', copy('alice', 'iso2'));
    plays('iso2-status', 'iso2');
    for (const name of ['drop', 'status-after-drop', 'logout']) plays(`iso-${name}`, 'iso');
    plays('iso-everyday-status-after', 'alice');
  });

  describe('denied, two approvals, scheduled start', () => {
    const waited = '01a20384-7a40-72c2-90ea-9cf8b4dfa145';
    const scheduled = '01a20384-883e-7752-a82e-fb54f1cb7576';
    plays('deny-create', 'alice');
    plays('deny-review', 'rita');
    for (const name of ['show-json', 'show-text', 'login', 'status-after']) plays(`deny-${name}`, 'alice');
    compares('wait-denied', async () => {
      await asks('alice', waited, 'w', '--roles=prod-dba')();
      await stage.copy('alice', 'iso');
      await stage.begin('wait-denied', 'iso');
      await stage.at('2026-11-22T13:49:06.060Z');
      await stage.run('rita', ['tsh', 'request', 'review', '--deny', '--reason=no', waited]);
      await stage.finish('wait-denied');
    });
    plays('two-create', 'bob');
    plays('two-review-1', 'rita');
    plays('two-show-1of2', 'bob');
    plays('two-review-2', 'omar');
    plays('two-show-2of2', 'bob');
    plays('sched-create', 'alice');
    plays('sched-show', 'alice', approves('rita', scheduled));
    plays('sched-login-early', 'alice');
    plays('sched-status', 'alice');
  });

  describe('arguments and environment', () => {
    const newest = (): Promise<void> =>
      stage.justChanged('01a20388-f400-7a6c-9c35-d2a6d773c5e0', '01a20388-f573-7177-b101-4717bc962078');
    for (const name of [
      'at-file',
      'at-file-sep',
      'dash-reason',
      'empty-reason',
      'comma-roles',
      'long-reason',
    ]) {
      plays(`arg-${name}`, 'alice');
    }
    plays('arg-id-after-dashdash', 'alice');
    plays('arg-id-dash', 'alice');
    plays('arg-ctl-reason', 'alice', caughtUp);
    plays('arg-reviewers', 'alice');
    plays('ls-many', 'alice', newest);
    plays('env-cluster', 'alice', newest);
    plays('env-cluster-login', 'iso', asks('alice', env, 'env'), approves('rita', env), copy('alice', 'iso'));
    plays('env-cluster-status', 'iso');
    plays('env-proxy-bogus', 'iso');
    plays('proxy-down-status', 'iso');
  });

  describe('usage errors, parallel drops, an expired login', () => {
    for (const name of ['bad-format', 'no-cmd', 'unknown-cmd']) plays(`usage-${name}`, 'alice');
    compares('conc-status', async () => {
      await stage.copy('alice', 'conc');
      for (let round = 0; round < 2; round++) {
        await Promise.all(Array.from({ length: 8 }, () => stage.run('conc', ['tsh', 'request', 'drop'])));
      }
      await stage.run('conc', ['tsh', 'request', 'drop']);
      await stage.at('2026-11-22T13:54:20Z');
      await stage.play('conc-status', 'conc');
    });
    plays(
      'expired-status',
      'short',
      () => stage.signIn('alice', '2026-11-22T13:54:48.300Z', 'short', 1),
      () => stage.signIn('eve', '2026-11-22T13:54:48.300Z', 'expired-eve', 1),
      at('2026-11-22T13:56:00Z'),
    );
    for (const name of ['status-text', 'ls', 'create', 'login-request', 'status-after', 'drop', 'tctl']) {
      plays(`expired-${name}`, 'short');
    }
  });

  describe('grants of other lengths, capabilities, a lock', () => {
    const kube = '01a2038b-8cf6-7acd-8fd6-b7df3f24ca21';
    const gen1 = '01a2038c-0d57-7a88-991d-7ce95872e826';
    plays(
      'kiso-login',
      'kiso',
      asks('alice', kube, 'kube'),
      approves('rita', kube, '--reason=go'),
      copy('alice', 'kiso'),
    );
    plays(
      'lock-j',
      'eve',
      asks('alice', gen1, 'gen1', '--max-duration=30m'),
      approves('rita', gen1, '--reason=go'),
      asks('alice', gen2, 'gen2 continues', '--max-duration=30m'),
      approves('rita', gen2, '--reason=go'),
    );
    plays('lock-everyday', 'alice', caughtUp);
    plays('lock-everyday-show', 'alice');
    plays('resource-create', 'alice');
    plays('resource-show', 'alice');
    plays('resource-show-text', 'alice');
    plays(
      'resource-login',
      'riso',
      approves('rita', '01a2038d-207a-7345-854d-a802f2616f5b'),
      copy('alice', 'riso'),
    );
    plays('resource-status', 'riso');
    plays('tsh-login-noop', 'alice', at('2026-11-22T13:58:32Z'));
    plays('capabilities', 'alice');
    plays('capabilities-eve', 'expired-eve');
    plays('capabilities-other', 'alice');
    plays('tctl-status-editor', 'eve');
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

  describe('the proxy is down', () => {
    const down = (): Promise<void> => stage.faults([{ match: '', do: 'offline' }]);
    plays('down-status', 'alice', down);
    for (const name of ['ls', 'create', 'login', 'drop']) plays(`down-${name}`, 'alice');
  });
});

describe('Community cluster, as recorded', function () {
  this.timeout(30_000);
  before(async () => {
    stage = await Stage.open('community', '2026-11-22T13:46:48.100Z');
  });
  after(() => stage.close());

  describe('tctl decides', () => {
    const text = 'debugging production for client XYZ';
    plays('oss-ls', 'alice');
    plays('oss-tctl-loggedout', 'nobody');
    plays('oss-tctl-status', 'ana');
    plays('oss-tctl-capabilities', 'ana');
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
    plays('oss-tctl-approve', 'ana');
    plays('oss-tctl-approve-again', 'ana');
    for (const name of ['oss-show-approved', 'oss-login', 'oss-status']) plays(name, 'alice');
    plays('oss-tctl-deny-after', 'ana');
    plays('oss-show-denied-after', 'alice');
    plays('oss-ls-after-deny', 'alice');
    plays('oss-tctl-rm', 'ana');
    for (const name of ['status-after-rm', 'show-after-rm', 'drop-gone', 'status-after-drop']) {
      plays(`oss-${name}`, 'alice');
    }
    plays('oss-tctl-unknown', 'ana');
  });

  describe('a lock on an assumed request', () => {
    const locked = '01a20388-31ed-7b30-889e-9d1a2a7e01fa';
    plays(
      'oss-tctl-lock-as-editor',
      'ana',
      asks('alice', locked, 'lock me'),
      run('ana', ['tctl', 'requests', 'approve', locked]),
      assumes('alice', locked),
    );
    plays('oss-lock', 'ana');
    for (const name of ['ls', 'reqls', 'status', 'show', 'drop', 'dropall', 'status-after', 'login-again']) {
      plays(`oss-locked-${name}`, 'alice');
    }
  });

  describe('two assumed, the first deleted', () => {
    const [first, second] = ['01a20388-7d7d-7972-82b8-248da3ef98e9', '01a20388-7eca-7606-8104-698931e296c2'];
    plays(
      'two-active',
      'alice',
      () => stage.signIn('alice', '2026-11-22T13:53:20Z'),
      asks('alice', first, 'rm me'),
      run('ana', ['tctl', 'requests', 'approve', first]),
      assumes('alice', first),
      asks('alice', second, 'second'),
      run('ana', ['tctl', 'requests', 'approve', second]),
      assumes('alice', second),
    );
    plays('rm-first', 'ana');
    for (const name of [
      'drop-second-first-gone',
      'drop-first-gone',
      'two-status',
      'drop-all',
      'two-status-after',
    ]) {
      plays(name, 'alice');
    }
  });

  describe('an annotated approval, a lock made and removed', () => {
    const annotated = '01a203d2-dd3b-771f-9e83-dcc74fe18c8e';
    plays(
      'oss-show-annotated',
      'alice',
      () => stage.signIn('alice', '2026-11-22T15:14:39Z'),
      asks('alice', annotated, 'lock test'),
      run('ana', ['tctl', 'requests', 'approve', '--annotations=reviewer=ana', annotated]),
    );
    for (const name of ['tctl-lock-create', 'tctl-lock-rm', 'tctl-lock-rm-again']) plays(name, 'ana');
  });
});

after(() => {
  console.log(`\n${matched} of ${played} recordings match`);
  for (const [name, reason] of Object.entries(exceptions)) console.log(`  not ${name}: ${reason}`);
});
