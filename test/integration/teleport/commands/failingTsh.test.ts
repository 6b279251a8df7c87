import assert from 'node:assert/strict';
import { chmod, rm } from 'node:fs/promises';
import { Home } from '../../../../src/teleport/home/home.ts';
import { Tsh } from '../../../../src/teleport/commands/tsh.ts';
import { failureWords } from '../../../../src/text/failure.ts';
import { readRecording } from '../../../support/recordings.ts';
import { id } from '../../../support/samples.ts';
import { testClient } from '../../../support/testClient.ts';
import { failsWith } from '../../../support/failsWith.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

/** Shell lines that print the output of a recording and exit with its status. */
const replayLines = (name: string): string => {
  const { stdout, stderr, exit } = readRecording(name);
  return `cat <<'OUT'\n${stdout.replace(/\n$/, '')}\nOUT\ncat >&2 <<'ERR'\n${stderr}\nERR\nexit ${exit}`;
};

describe('a tsh that fails while it is in use', () => {
  const home = new Home('/nowhere');
  const folder = useTemporaryFolder();
  let tsh: Tsh;
  beforeEach(() => {
    tsh = new Tsh(testClient(folder.at('tsh'), { env: { PATH: '/usr/bin:/bin' } }));
  });

  /** Replaces tsh with a program that runs these shell lines for each call except `tsh status`. */
  const replaceTsh = (lines: string, status = replayLines('ent-status-base')): Promise<string> =>
    folder.writeProgram(
      'tsh',
      'case "$*" in',
      `"status --format=json") ${status} ;;`,
      `*) ${lines} ;;`,
      'esac',
    );
  it('is replaced: the next call runs the new one', async () => {
    await replaceTsh('echo \'{"version": "17.0.0"}\'');
    assert.equal(await tsh.version(home), '17.0.0');
    await rm(folder.at('tsh'));
    await replaceTsh('echo \'{"version": "18.1.0"}\'');
    assert.equal(await tsh.version(home), '18.1.0');
  });

  it('is removed, or may no longer be run: it is not found, and found again when it is back', async () => {
    await replaceTsh('echo \'{"version": "17.0.0"}\'');
    await chmod(folder.at('tsh'), 0o644);
    await failsWith(tsh.version(home), 'notFound');
    await rm(folder.at('tsh'));
    await failsWith(tsh.version(home), 'notFound');
    await replaceTsh('echo \'{"version": "17.0.0"}\'');
    assert.equal(await tsh.version(home), '17.0.0');
  });

  it('is killed in the middle of a line: nothing of the answer is taken', async () => {
    const half = readRecording('ent-ls-reviewer').stdout.slice(0, 700);
    await replaceTsh(`cat <<'OUT'\n${half}\nOUT\nkill -KILL $$`);
    await failsWith(tsh.list(home), 'unreadable');
  });

  it('prints 100 MB: it is ended long before, and the answer cannot be read', async () => {
    await replaceTsh('head -c 104857600 /dev/zero; true');
    await failsWith(tsh.list(home), 'unreadable');
  });

  it('speaks another language: it is quoted, and nothing is made of words that are not known', async () => {
    for (const words of ['FEHLER: Zugriff verweigert', 'エラー: 接続できません', 'ERROR: Доступ запрещён']) {
      await replaceTsh(`echo '${words}' >&2; exit 1`);
      const failure = await failsWith(tsh.list(home), 'refused');
      assert.equal(failure.said, words.replace('ERROR: ', ''));
      assert.ok(failureWords(failure).showSaid);
    }
  });

  it('does nothing and says that all is well: that is no elevation', async () => {
    await replaceTsh(replayLines('env-cluster-login'));
    await failsWith(tsh.assume(home, id(1)), 'refused');
  });

  it('looks for a proxy that has moved: the cluster is out of reach, and who is signed in is still known', async () => {
    const messages = [
      'Teleport proxy not available at old.example.test:443.',
      'Get "https://old.example.test:443/webapi/ping": dial tcp: lookup old.example.test: no such host',
      'tls: failed to verify certificate: x509: certificate is valid for new.example.test, not old.example.test',
    ];
    for (const words of messages) {
      await replaceTsh(`echo 'ERROR: ${words}' >&2; exit 1`);
      const failure = await failsWith(tsh.list(home), 'unreachable', words);
      assert.equal(failureWords(failure).remedy, 'retry');
      assert.equal((await tsh.status(home)).kind, 'signedIn');
    }
  });

  it('is locked out: it is not taken for signed out or out of reach', async () => {
    await replaceTsh(replayLines('oss-locked-ls'));
    await failsWith(tsh.list(home), 'locked');
    assert.equal((await tsh.status(home)).kind, 'signedIn');
  });
});
