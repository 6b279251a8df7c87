import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { failureOf } from '../../../../src/teleport/process/failure.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import type { Outcome } from '../../../../src/teleport/process/outcome.ts';
import { Tctl } from '../../../../src/teleport/commands/tctl.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';
import { testClient } from '../../../support/testClient.ts';

const role = (name: string, revision: string): object => ({ metadata: { name, revision } });

describe('a role', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await TemporaryFolder.open();
    await folder.writeProgram('tctl');
  });
  after(() => folder.close());

  /** A tctl that gives these answers in order and repeats the last one, and the calls it received. */
  function tctlAnswering(...answers: readonly unknown[]): { tctl: Tctl; calls: string[] } {
    const calls: string[] = [];
    const remaining = [...answers];
    const run = (_: string, args: readonly string[]): Promise<Outcome> => {
      calls.push(args.slice(0, 4).join(' ').replace(folder.path, ''));
      const stdout =
        args[0] === 'create' ? '' : JSON.stringify(remaining.length > 1 ? remaining.shift() : remaining[0]);
      return Promise.resolve({ kind: 'exited', code: 0, stdout, stderr: '' });
    };
    const client = testClient(folder.at('tctl'), { loadRun: () => Promise.resolve(run), env: {} });
    return { tctl: new Tctl({ client, root: folder.at('root'), configuration: folder.at('none') }), calls };
  }
  const home = (): Home => new Home(folder.at('home'));
  const failureKind = (promise: Promise<unknown>): Promise<string | undefined> =>
    promise.then(
      () => undefined,
      (error: unknown) => failureOf(error)?.kind,
    );

  it('whose name has a slash, a space or a comma is never taken for the one tctl makes of it', async () => {
    for (const name of ['a/b', 'a b', 'a,b', 'a\\,b']) {
      const { tctl, calls } = tctlAnswering([role('b', '1'), role('a', '2'), role(name, '3')]);
      assert.equal((await tctl.role(home(), untrusted(name))).revision, '3');
      assert.deepEqual(calls, ['get roles --format=json']);
    }
    const { tctl } = tctlAnswering([role('b', '1')]);
    assert.equal(await failureKind(tctl.role(home(), untrusted('c'))), 'gone');
  });

  it('that was written is read until the server shows it: what it keeps in mind is older', async () => {
    const { tctl, calls } = tctlAnswering(
      [role('x', 'old')],
      [role('x', 'old')],
      [role('x', 'old')],
      [role('x', 'new')],
    );
    assert.equal((await tctl.writeRole(home(), untrusted('x'), 'kind: role', 'old')).revision, 'new');
    assert.equal(calls.filter((call) => call.startsWith('get')).length, 4);
  });

  it('that was made is read until it is there', async () => {
    const { tctl } = tctlAnswering([], [], [role('x', 'new')]);
    assert.equal((await tctl.writeRole(home(), untrusted('x'), 'kind: role', undefined)).revision, 'new');
  });

  it('that tctl would take for another is not removed', async () => {
    for (const name of ['a/b', 'a b', 'a\tb', 'a,b']) {
      const { tctl, calls } = tctlAnswering([role(name, '1')]);
      assert.equal(await failureKind(tctl.removeRole(home(), untrusted(name), '1')), 'unnameable');
      assert.deepEqual(calls, []);
    }
  });

  it('that somebody changed meanwhile is not removed', async () => {
    const { tctl, calls } = tctlAnswering([role('x', 'theirs')]);
    assert.equal(await failureKind(tctl.removeRole(home(), untrusted('x'), 'mine')), 'changed');
    assert.deepEqual(calls, ['get --format=json -- role/x']);
  });

  it('goes under its name, whatever that looks like', async () => {
    const { tctl, calls } = tctlAnswering([role('-rf', '1')]);
    await tctl.removeRole(home(), untrusted('-rf'), '1');
    assert.equal(calls.at(-1), 'rm -- role/-rf');
  });

  it('that was written is told from one that was not, when it cannot be read afterwards', async () => {
    const answers: unknown[] = [[role('x', 'old')], 'nonsense'];
    const { tctl } = tctlAnswering(...answers);
    const error: unknown = await tctl
      .writeRole(home(), untrusted('x'), '', 'old')
      .catch((reason: unknown) => reason);
    assert.equal(failureOf(error)?.done, true);
    const unreadableTctl = tctlAnswering('nonsense').tctl;
    const unwritten: unknown = await unreadableTctl
      .writeRole(home(), untrusted('x'), '', 'old')
      .catch((reason: unknown) => reason);
    assert.equal(failureOf(unwritten)?.done, undefined);
  });

  it('that never shows what was written is not said to be as it was sent', async () => {
    const { tctl } = tctlAnswering([role('x', 'old')]);
    assert.equal(await failureKind(tctl.writeRole(home(), untrusted('x'), 'kind: role', 'old')), 'timedOut');
  });
});
