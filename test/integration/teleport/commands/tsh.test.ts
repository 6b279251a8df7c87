import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { rawText, untrusted, type RequestId } from '../../../../src/access/untrusted/untrusted.ts';
import type { CallRecord } from '../../../../src/teleport/commands/client.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import { signInArguments, webAddress } from '../../../../src/teleport/commands/tshLogin.ts';
import { Tsh } from '../../../../src/teleport/commands/tsh.ts';
import { readRecording } from '../../../support/recordings.ts';
import { hour, id, minute, profile } from '../../../support/samples.ts';
import { testClient } from '../../../support/testClient.ts';
import { failsWith } from '../../../support/failsWith.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

/** The shell lines that a fake tsh runs, by the beginning of the call. */
type Script = Readonly<Record<string, string>>;

describe('a tsh that is not what it should be', () => {
  const folder = useTemporaryFolder();
  let calls: CallRecord[];
  beforeEach(() => {
    calls = [];
  });

  /** A client on a fake tsh that runs the shell lines of a call and notes its arguments. */
  async function fakeTsh(script: Script): Promise<Tsh> {
    const cases = Object.entries(script).map(([call, lines]) => `"${call}"*) ${lines} ;;`);
    const callsFile = folder.at('calls');
    const tsh = await folder.writeProgram(
      'tsh',
      `echo "$*" >> ${callsFile}`,
      'case "$*" in',
      ...cases,
      'esac',
    );
    return new Tsh(testClient(tsh, { log: (call) => calls.push(call) }));
  }
  const recordedCalls = async (): Promise<string[]> =>
    (await readFile(folder.at('calls'), 'utf8')).trim().split('\n');
  const home = new Home('/nowhere');
  const printRecording = (name: string): string => `cat <<'END'\n${readRecording(name).stdout}\nEND\n`;
  const status = printRecording('ent-status-base');
  const draft = {
    roles: [untrusted('a'), untrusted('b')],
    reason: ' @x ',
    minutes: 90,
    reviewers: [untrusted('rita')],
  };

  it('signs out while it assumes', async () => {
    const tsh = await fakeTsh({ login: 'exit 0', status: 'echo "ERROR: Not logged in." >&2; exit 1' });
    await failsWith(tsh.assume(home, id(1)), 'signedOut');
  });

  it('makes a request but prints no id: nobody is told that it was made, nor that it was not', async () => {
    const tsh = await fakeTsh({ 'request create': 'echo "Creating request..."' });
    await failsWith(tsh.create(home, draft), 'unreadable');
    const other = await fakeTsh({ 'request create': 'echo "Request ID: -rf"' });
    await failsWith(other.create(home, draft), 'unreadable');
  });

  it('is given flags with = and ids after --, so that nothing typed becomes an option or a file', async () => {
    const tsh = await fakeTsh({ 'request create': `echo "Request ID:     ${id(1)}"` });
    assert.equal(await tsh.create(home, draft), id(1));
    await tsh.review(home, id(1), 'deny', '@no');
    await tsh.review(home, id(1), 'approve', '');
    await assert.rejects(tsh.show(home, id(1)));
    assert.deepEqual(await recordedCalls(), [
      'request create --roles=a,b --reason=@x --max-duration=90m --reviewers=rita --nowait',
      `request review --deny --reason=@no -- ${id(1)}`,
      `request review --approve -- ${id(1)}`,
      `request show --format=json -- ${id(1)}`,
    ]);
  });

  it('was cut off: what it made is found whatever the cluster’s clock says, an older one like it is not', async () => {
    const tsh = await fakeTsh({ 'request ls': printRecording('ent-ls-pending') });
    const [created] = (await tsh.list(home)).requests;
    assert.ok(created?.reason);
    const sameDraft = { ...draft, roles: created.roles, reason: rawText(created.reason) };
    const findSince = (since: number, known?: readonly RequestId[]): Promise<RequestId | undefined> =>
      tsh.findCreated(home, sameDraft, created.user, since, known);
    for (const ahead of [-5 * hour, -2 * minute, 0, 2 * minute, 5 * hour])
      assert.equal(await findSince(created.created + ahead, []), created.id, `${ahead / minute} min ahead`);
    assert.equal(await findSince(created.created, [created.id]), undefined, 'it was there before');
    assert.equal(await findSince(created.created + minute), created.id);
    assert.equal(await findSince(created.created + 2 * minute), undefined, 'not known what was there before');
  });

  it('only what was called is logged: no reason, no id, no output', async () => {
    const tsh = await fakeTsh({ 'request create': `echo "Request ID: ${id(1)}"` });
    await tsh.create(home, { ...draft, reason: 'secret words' });
    const [{ ms, ...call }] = calls as [CallRecord];
    assert.deepEqual(call, { program: 'tsh', command: 'request create', ended: 'exit 0' });
    assert.ok(ms >= 0);
  });

  it('status: nothing at all is no answer; nobody active is signed out; JSON and exit 1 is expired', async () => {
    await failsWith((await fakeTsh({ status: 'exit 0' })).status(home), 'unreadable');
    await failsWith((await fakeTsh({ status: 'echo half{' })).status(home), 'unreadable');
    await failsWith((await fakeTsh({ status: 'echo "ERROR: x" >&2; exit 1' })).status(home), 'refused');
    assert.deepEqual(await (await fakeTsh({ status: 'echo "{}"' })).status(home), {
      kind: 'signedOut',
      others: [],
    });
    const expired = `${printRecording('expired-status')} echo "ERROR: Active profile expired." >&2; exit 1`;
    assert.equal((await (await fakeTsh({ status: expired })).status(home)).kind, 'expired');
  });

  it('refuses to drop one because another was deleted: then both are dropped, then all', async () => {
    const deletedId = '01a20388-7d7d-7972-82b8-248da3ef98e9' as RequestId;
    const refusal = `echo 'ERROR: access request "${deletedId}" not found' >&2; exit 1`;
    const tsh = await fakeTsh({ [`request drop -- ${id(1)}`]: refusal, status });
    await tsh.drop(home, [id(1)]);
    assert.deepEqual(await recordedCalls(), [
      `request drop -- ${id(1)}`,
      // The shell pattern above matches this call too, so it is refused as well.
      `request drop -- ${id(1)} ${deletedId}`,
      'request drop',
      'status --format=json',
    ]);
  });

  it('a drop that fails for another reason is not repeated', async () => {
    const tsh = await fakeTsh({ 'request drop': 'echo "ERROR: access denied" >&2; exit 1' });
    await failsWith(tsh.drop(home, [id(1)]), 'locked');
    assert.equal((await recordedCalls()).length, 1);
  });
});

describe('what leads elsewhere', () => {
  it('signing in names the proxy and the person that are known', () => {
    const known = ['login', '--proxy=ent.example.test:443', '--user=alice'];
    assert.deepEqual(signInArguments(profile()), known);
    assert.deepEqual(signInArguments({ proxy: untrusted('p:443') }), ['login', '--proxy=p:443']);
  });

  it('the address of a request is made of a plain proxy only', () => {
    assert.equal(webAddress(profile(), id(1)), `https://ent.example.test:443/web/requests/${id(1)}`);
    for (const proxy of ['http://x', 'https://a/b', 'https://a b', 'javascript:x', 'https://x)](command:y']) {
      assert.equal(webAddress(profile('alice', { proxy: untrusted(proxy) }), id(1)), '', proxy);
    }
  });
});
