import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import type { Outcome } from '../../../../src/teleport/process/outcome.ts';
import { Tctl } from '../../../../src/teleport/commands/tctl.ts';
import { testClient } from '../../../support/testClient.ts';
import { failsWith } from '../../../support/failsWith.ts';
import type { Failure } from '../../../../src/teleport/process/failure.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

const role = (name: string, revision: string): object => ({ metadata: { name, revision } });

describe('a role', () => {
  const folder = useTemporaryFolder();
  beforeEach(() => folder.writeProgram('tctl'));

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
  it('whose name has a slash, a space or a comma is never taken for the one tctl makes of it', async () => {
    for (const name of ['a/b', 'a b', 'a,b', 'a\\,b']) {
      const { tctl, calls } = tctlAnswering([role('b', '1'), role('a', '2'), role(name, '3')]);
      assert.equal((await tctl.role(home(), untrusted(name))).revision, '3');
      assert.deepEqual(calls, ['get roles --format=json']);
    }
    const { tctl } = tctlAnswering([role('b', '1')]);
    await failsWith(tctl.role(home(), untrusted('c')), 'gone');
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
      await failsWith(tctl.removeRole(home(), untrusted(name), '1'), 'unnameable');
      assert.deepEqual(calls, []);
    }
  });

  it('that somebody changed meanwhile is not removed', async () => {
    const { tctl, calls } = tctlAnswering([role('x', 'theirs')]);
    await failsWith(tctl.removeRole(home(), untrusted('x'), 'mine'), 'changed');
    assert.deepEqual(calls, ['get --format=json -- role/x']);
  });

  it('goes under its name, whatever that looks like', async () => {
    const { tctl, calls } = tctlAnswering([role('-rf', '1')]);
    await tctl.removeRole(home(), untrusted('-rf'), '1');
    assert.equal(calls.at(-1), 'rm -- role/-rf');
  });

  it('that was written is told from one that was not, when it cannot be read afterwards', async () => {
    const written = tctlAnswering([role('x', 'old')], 'nonsense').tctl;
    const unwritten = tctlAnswering('nonsense').tctl;
    const failureWith = (tctl: Tctl): Promise<Failure> =>
      failsWith(tctl.writeRole(home(), untrusted('x'), '', 'old'), 'unreadable');
    assert.equal((await failureWith(written)).done, true);
    assert.equal((await failureWith(unwritten)).done, undefined);
  });

  it('that never shows what was written is not said to be as it was sent', async () => {
    const { tctl } = tctlAnswering([role('x', 'old')]);
    await failsWith(tctl.writeRole(home(), untrusted('x'), 'kind: role', 'old'), 'timedOut');
  });
});
