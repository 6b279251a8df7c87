import assert from 'node:assert/strict';
import { Demo } from './demo.ts';

describe('demo: faults on request', function () {
  this.timeout(20_000);
  let demo: Demo;
  before(async () => {
    demo = await Demo.open();
  });
  after(() => demo.close());
  afterEach(() => demo.faults());

  it('happen as often as they say, to whom they say', async () => {
    await demo.faults({ match: 'request ls', person: 'alice', do: 'fail', times: 1 });
    assert.equal((await demo.tsh('rita', ['request', 'ls'])).exit, 0);
    assert.equal((await demo.tsh('alice', ['request', 'ls'])).exit, 1);
    assert.equal((await demo.tsh('alice', ['request', 'ls'])).exit, 0);
  });

  it('offline refuses what needs the network; status answers from disk', async () => {
    await demo.faults({ match: '', do: 'offline' });
    assert.match((await demo.tsh('alice', ['request', 'ls'])).stderr, /connection refused/);
    assert.deepEqual((await demo.status('alice')).roles, ['dev-team']);
  });

  it('stop-after makes the request and dies without saying so', async () => {
    await demo.faults({ match: 'request create', do: 'stop-after', times: 1 });
    const ran = await demo.tsh('alice', [
      'request',
      'create',
      '--roles=kube-admin',
      '--reason=lost',
      '--nowait',
    ]);
    assert.deepEqual(ran, { exit: 'SIGKILL', stdout: '', stderr: '' });
    await demo.caughtUp();
    assert.equal((await demo.list('alice')).length, 1);
  });

  it('stop-before dies with nothing done', async () => {
    await demo.caughtUp();
    const before = (await demo.list('alice')).length;
    await demo.faults({ match: 'request create', do: 'stop-before', times: 1 });
    const ran = await demo.tsh('alice', ['request', 'create', '--roles=kube-admin', '--nowait']);
    assert.equal(ran.exit, 'SIGKILL');
    await demo.caughtUp();
    assert.equal((await demo.list('alice')).length, before);
  });

  it('half and garbage end with 0 and something no parser reads', async () => {
    for (const fault of ['half', 'garbage'] as const) {
      await demo.faults({ match: 'status', do: fault });
      const ran = await demo.tsh('alice', ['status', '--format=json']);
      assert.equal(ran.exit, 0);
      assert.ok(ran.stdout.length > 0);
      assert.throws(() => JSON.parse(ran.stdout) as unknown);
    }
  });

  it('hang says nothing until it is killed', async () => {
    await demo.faults({ match: 'request ls', do: 'hang' });
    const call = demo.start('alice', ['request', 'ls'], 'anything');
    await demo.tsh('alice', ['status']);
    call.kill();
    assert.equal(await call.ended, 'SIGTERM');
    assert.equal(call.printed(), '');
  });
});
