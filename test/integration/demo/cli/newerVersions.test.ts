// Servers that are newer than the recorded one, and the recorded one.
import assert from 'node:assert/strict';
import { isAtLeast } from '../../../../demo/cli/teleportVersion.ts';
import { DemoFixture, roleManifest } from '../../../support/demo/demoCluster.ts';

const requestRule = { roles: ['kube-admin'], reason: { mode: 'required' } };

describe('demo: a server of 17.2.0', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open('enterprise', { version: '17.2.0' });
  });
  after(() => demo.close());
  const requestStderr = async (...flags: readonly string[]): Promise<string> =>
    (await demo.tsh('alice', ['request', 'create', '--nowait', ...flags])).stderr;

  it('says so wherever it says its version', async () => {
    assert.match((await demo.tctl('eve', 'status')).stdout, /^Version +17\.2\.0 +$/m);
    assert.match((await demo.tsh('alice', ['version'])).stdout, /^Teleport v17\.2\.0 git:v17\.2\.0-0-g/);
    const { stdout } = await demo.tsh('alice', ['version', '--format=json']);
    const versions = JSON.parse(stdout) as Record<string, string>;
    assert.deepEqual([versions['version'], versions['proxyVersion']], ['17.2.0', '17.2.0']);
    assert.match((await demo.tsh('eve', ['ls', '--format=json'])).stdout, /"version": "17\.2\.0"/);
  });

  it('keeps that a reason is required, and refuses a request without one', async () => {
    await demo.mustCreate('eve', roleManifest('dev-team', { allow: { request: requestRule } }));
    const [shown] = await demo.get('eve', 'role/dev-team');
    assert.deepEqual(shown?.spec['allow'], { request: requestRule });
    const message = /request reason must be specified \(required for role "kube-admin"\)/;
    assert.match(await requestStderr('--roles=kube-admin'), message);
    assert.match(await requestStderr('--roles=kube-admin', '--reason=   '), message);
    assert.doesNotMatch(await requestStderr('--roles=kube-admin', '--reason=why'), /ERROR/);
  });

  it('optional, or required of a pattern of roles: no reason is asked for', async () => {
    for (const request of [
      { ...requestRule, reason: { mode: 'optional' } },
      { ...requestRule, roles: ['kube-*'] },
    ]) {
      await demo.mustCreate('eve', roleManifest('dev-team', { allow: { request } }));
      assert.doesNotMatch(await requestStderr('--roles=kube-admin'), /ERROR/);
    }
  });

  it('refuses a mode that it does not know, and drops a prompt, which came later', async () => {
    const refused = await demo.create(
      'eve',
      roleManifest('odd', { allow: { request: { ...requestRule, reason: { mode: 'yes' } } } }),
    );
    assert.match(
      refused.stderr,
      /unrecognized request reason mode "yes", must be one of: \[required optional\]/,
    );
    const reason = { mode: 'required', prompt: 'A ticket' };
    await demo.mustCreate('eve', roleManifest('prompt', { allow: { request: { ...requestRule, reason } } }));
    const [shown] = await demo.get('eve', 'role/prompt');
    assert.deepEqual(shown?.spec['allow'], { request: requestRule });
  });

  it('takes no role of v8', async () => {
    assert.match(
      (await demo.create('eve', roleManifest('x', {}, 'v8'))).stderr,
      /role version "v8" is not supported/,
    );
  });
});

describe('demo: a server of 18.4.0', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open('enterprise', { version: '18.4.0' });
  });
  after(() => demo.close());

  it('takes a role of v8, and says what kind of reason is wanted', async () => {
    const reason = { mode: 'required', prompt: 'A ticket, please' };
    await demo.mustCreate(
      'eve',
      roleManifest('dev-team', { allow: { request: { ...requestRule, reason } } }, 'v8'),
    );
    const { stderr } = await demo.tsh('alice', ['request', 'create', '--roles=kube-admin', '--nowait']);
    assert.match(stderr, /\(required for role "kube-admin"\)\nA ticket, please\n/);
  });
});

describe('demo: the recorded server', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());

  it('drops without a word that a reason is required, and asks for none', async () => {
    await demo.mustCreate('eve', roleManifest('dev-team', { allow: { request: requestRule } }));
    const [shown] = await demo.get('eve', 'role/dev-team');
    assert.deepEqual(shown?.spec['allow'], { request: { roles: ['kube-admin'] } });
    await demo.createRequest('alice', '--reason=');
  });

  it('takes roles of v3 to v7 and says so of none else', async () => {
    for (const version of ['v3', 'v4', 'v5', 'v6', 'v7'])
      await demo.mustCreate('eve', roleManifest('x', {}, version));
    for (const version of ['v2', 'v8', '']) {
      const { stderr } = await demo.create('eve', roleManifest('x', {}, version));
      assert.ok(stderr.includes(`role version "${version}" is not supported`), stderr);
    }
  });

  it('prints MFA and the end of connections as they were set, and leaves out what is off or empty', async () => {
    const options = { require_session_mfa: true, disconnect_expired_cert: true, max_session_ttl: '15m' };
    await demo.mustCreate('eve', roleManifest('strict', { options, allow: { logins: [], node_labels: {} } }));
    const [strict] = await demo.get('eve', 'role/strict');
    const shown = strict?.spec['options'] as Record<string, unknown>;
    assert.deepEqual(
      Object.keys(options).map((name) => shown[name]),
      [true, true, '15m0s'],
    );
    assert.deepEqual(strict?.spec['allow'], {});
    const off = { require_session_mfa: false, disconnect_expired_cert: false, pin_source_ip: false };
    await demo.mustCreate(
      'eve',
      roleManifest('strict', { options: off }),
      roleManifest('key', { options: { require_session_mfa: 'hardware_key_touch' } }),
    );
    const [plain] = await demo.get('eve', 'role/strict');
    const printedOptions = Object.keys(plain?.spec['options'] as object);
    assert.deepEqual(
      Object.keys(off).filter((name) => printedOptions.includes(name)),
      ['pin_source_ip'],
    );
    assert.match(
      (await demo.tctl('eve', 'get', 'role/key')).stdout,
      /require_session_mfa: hardware_key_touch/,
    );
    const refused = await demo.create(
      'eve',
      roleManifest('x', { options: { require_session_mfa: 'maybe' } }),
    );
    assert.match(refused.stderr, /RequireMFAType invalid value maybe/);
  });
});

describe('demo: versions', () => {
  it('are compared by their numbers, a development build as its release', () => {
    for (const [version, minimum] of [
      ['17.0.0-dev', '17.0.0'],
      ['17.1.0', '17.1.0'],
      ['17.10.0', '17.9.5'],
      ['18.0.0', '17.9.9'],
    ] as const) {
      assert.ok(isAtLeast(version, minimum), version);
    }
    assert.ok(!isAtLeast('17.0.0-dev', '17.0.1') && !isAtLeast('17.9.5', '17.10.0'));
  });
});
