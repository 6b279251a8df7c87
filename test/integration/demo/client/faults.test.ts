import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { DemoFixture, roleManifest } from '../../../support/demo/demoCluster.ts';

describe('demo: faults on request', () => {
  let demo: DemoFixture;
  before(async () => {
    demo = await DemoFixture.open();
  });
  after(() => demo.close());
  afterEach(() => demo.setFaults());

  it('happen as often as they say, to whom they say', async () => {
    await demo.setFaults({ match: 'request ls', person: 'alice', do: 'fail', times: 1 });
    assert.equal((await demo.tsh('rita', ['request', 'ls'])).exit, 0);
    assert.equal((await demo.tsh('alice', ['request', 'ls'])).exit, 1);
    assert.equal((await demo.tsh('alice', ['request', 'ls'])).exit, 0);
  });

  it('offline refuses what needs the network; status answers from disk', async () => {
    await demo.setFaults({ match: '', do: 'offline' });
    assert.match((await demo.tsh('alice', ['request', 'ls'])).stderr, /connection refused/);
    assert.deepEqual((await demo.status('alice')).roles, ['dev-team']);
  });

  it('stop-after makes the request and dies without saying so', async () => {
    await demo.setFaults({ match: 'request create', do: 'stop-after', times: 1 });
    const result = await demo.tsh('alice', [
      'request',
      'create',
      '--roles=kube-admin',
      '--reason=lost',
      '--nowait',
    ]);
    assert.deepEqual(result, { exit: 'SIGKILL', stdout: '', stderr: '' });
    await demo.waitForLists();
    assert.equal((await demo.list('alice')).length, 1);
  });

  it('stop-before dies with nothing done', async () => {
    await demo.waitForLists();
    const before = (await demo.list('alice')).length;
    await demo.setFaults({ match: 'request create', do: 'stop-before', times: 1 });
    const result = await demo.tsh('alice', ['request', 'create', '--roles=kube-admin', '--nowait']);
    assert.equal(result.exit, 'SIGKILL');
    await demo.waitForLists();
    assert.equal((await demo.list('alice')).length, before);
  });

  it('half and garbage end with 0 and something no parser reads', async () => {
    for (const fault of ['half', 'garbage'] as const) {
      await demo.setFaults({ match: 'status', do: fault });
      const result = await demo.tsh('alice', ['status', '--format=json']);
      assert.equal(result.exit, 0);
      assert.ok(result.stdout.length > 0);
      assert.throws(() => JSON.parse(result.stdout) as unknown);
    }
  });

  it('hang says nothing until it is killed', async () => {
    await demo.setFaults({ match: 'request ls', do: 'hang' });
    const call = demo.start('alice', ['request', 'ls'], 'anything');
    await demo.tsh('alice', ['status']);
    call.kill();
    assert.equal(await call.ended, 'SIGTERM');
    assert.equal(call.printed(), '');
  });

  it('slow answers in the end', async () => {
    await demo.setFaults({ match: 'status', do: 'slow', ms: 50 });
    assert.deepEqual((await demo.status('alice')).roles, ['dev-team']);
  });

  it('huge is 100 MB, and ends when nobody reads on', async () => {
    await demo.setFaults({ match: 'request ls', do: 'huge' });
    const child = spawn(demo.cluster.tsh, ['request', 'ls'], { env: demo.env('alice') });
    let bytes = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) bytes += chunk.length;
    assert.ok(bytes > 100 * 1024 * 1024, String(bytes));
    const result = await demo.tsh('alice', ['request', 'ls']);
    assert.equal(result.exit, 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER');
  });

  it('german refuses in words of no known failure', async () => {
    await demo.setFaults({ match: 'request ls', do: 'german' });
    const { exit, stderr } = await demo.tsh('alice', ['request', 'ls']);
    assert.equal(exit, 1);
    assert.match(stderr, /ERROR: .*Der Zugriff wurde verweigert/);
  });

  it('killed dies by a signal with half its answer out', async () => {
    await demo.setFaults({ match: 'status', do: 'killed' });
    const { exit, stdout } = await demo.tsh('alice', ['status', '--format=json']);
    assert.equal(exit, 'SIGKILL');
    assert.match(stdout, /^\{/);
    assert.throws(() => JSON.parse(stdout) as unknown);
  });

  it('lost writes what it was given, and the connection is gone before the answer', async () => {
    await demo.setFaults({ match: 'create', do: 'lost', times: 1 });
    const result = await demo.create('eve', roleManifest('lost', {}));
    assert.deepEqual([result.exit, result.stdout], [1, '']);
    assert.match(result.stderr, /ERROR: \S*error reading from server: EOF\n/);
    assert.equal((await demo.get('eve', 'role/lost')).length, 1);
  });

  it('stop-after writes a role and dies without saying so; reads can be cut off too', async () => {
    await demo.setFaults(
      { match: 'create', do: 'stop-after' },
      { match: 'get --format=json -- role/x', do: 'killed' },
    );
    assert.equal((await demo.create('eve', roleManifest('x', {}))).exit, 'SIGKILL');
    assert.equal((await demo.tctl('eve', 'get', '--format=json', '--', 'role/x')).exit, 'SIGKILL');
    await demo.setFaults();
    assert.equal((await demo.get('eve', 'role/x')).length, 1);
  });

  it('skip spares the first calls: the server says no in the middle of several', async () => {
    const message = 'role "two" is not what it was';
    await demo.setFaults({ match: 'create', do: 'refuse', words: message, skip: 1, times: 1 });
    const exits: (string | number)[] = [];
    for (const name of ['one', 'two', 'three']) {
      const { exit, stderr } = await demo.create('eve', roleManifest(name, {}));
      exits.push(exit);
      assert.equal(stderr.includes(message), name === 'two');
    }
    assert.deepEqual(exits, [0, 1, 0]);
    assert.match((await demo.tctl('eve', 'get', 'role/two')).stderr, /role two is not found/);
  });

  it('fail is an error of the server', async () => {
    await demo.setFaults({ match: 'requests ls', do: 'fail' });
    assert.match((await demo.tctl('eve', 'requests', 'ls')).stderr, /internal server error/);
  });
});
