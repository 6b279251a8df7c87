import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { untrusted } from '../../../../src/access/text/untrusted.ts';
import { diagnose, type DiagnoseParts } from '../../../../src/commands/doctor/diagnose.ts';
import type { Diagnosis } from '../../../../src/state/diagnosis.ts';
import {
  aliasFiles,
  folderFacts,
  found,
  howFound,
  kubectl,
  strays,
} from '../../../../src/commands/doctor/machineFacts.ts';
import { emptySnapshot, Store } from '../../../../src/state/store.ts';
import { type LoginState } from '../../../../src/state/login.ts';
import { TeleportFailure, type FailureKind } from '../../../../src/teleport/process/failure.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import { id, minute, now, profile, request, review } from '../../../support/samples.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';

const fails = (kind: FailureKind) => () => Promise.reject(new TeleportFailure({ kind }));

describe('what the Doctor finds out', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await TemporaryFolder.open();
  });
  after(() => folder.close());

  /** Everything fails that can; only what a test gives works. */
  function asked(store: Store, parts: object = {}): DiagnoseParts {
    return {
      client: { program: fails('notFound'), call: fails('timedOut') },
      tsh: { version: fails('timedOut'), list: fails('unreachable'), others: fails('unreadable') },
      tctl: { capabilities: fails('notPermitted'), status: fails('notPermitted') },
      mainLogin: new Home(folder.at('nowhere')),
      store,
      refresh: { refreshNow: () => Promise.reject(new Error('ours')) },
      rights: { of: () => undefined },
      journal: { askedAt: () => undefined },
      clock: { now: () => now },
      env: { PATH: '/nowhere', XDG_RUNTIME_DIR: folder.at('run') },
      workspace: () => [],
      setting: () => '',
      elapsed: () => 0,
      ...parts,
    } as unknown as DiagnoseParts;
  }

  const editor = {
    version: '1',
    extension: '1',
    remote: undefined,
    inBrowser: false,
    trusted: true,
    system: 'linux',
  };

  const signedIn: LoginState = { kind: 'signedIn', profile: profile() };

  function seen({ snapshot }: Store): Diagnosis {
    assert.ok(snapshot.diagnosis);
    return snapshot.diagnosis;
  }

  it('ends also when everything fails, with the reason of each', async () => {
    const store = new Store();
    await diagnose(asked(store), editor);
    const diagnosis = seen(store);
    assert.equal(diagnosis.done, true);
    assert.deepEqual(diagnosis.tsh, { failure: { kind: 'notFound' } });
    assert.deepEqual(diagnosis.login, { error: untrusted('') });
    assert.deepEqual(diagnosis.reach, { notAsked: true });
    assert.deepEqual(diagnosis.others, { failure: { kind: 'unreadable' } });
    assert.deepEqual(diagnosis.managed, { value: [] });
    assert.equal(diagnosis.rights, undefined, 'of nobody nothing is said');
    assert.deepEqual(diagnosis.edition, { kind: 'unknown' });
    assert.equal(diagnosis.clock, 'unknown');
  });

  it('tries what only reads, and only what was never tried', async () => {
    const store = new Store();
    store.update({ ...emptySnapshot, login: signedIn });
    const tried: string[] = [];
    const tries = (name: string) => () => {
      tried.push(name);
      return Promise.reject(new TeleportFailure({ kind: 'notPermitted' }));
    };
    const parts = {
      refresh: { refreshNow: () => Promise.resolve() },
      rights: { of: (ability: string) => (ability === 'kube' ? { works: true, at: now } : undefined) },
      resources: { search: tries('search') },
      kube: { list: tries('kube') },
      tctl: {
        requests: tries('requests'),
        locks: tries('locks'),
        roles: tries('roles'),
        users: tries('users'),
      },
    };
    await diagnose(asked(store, parts), editor);
    assert.deepEqual(tried, ['search', 'requests', 'locks', 'roles', 'users']);
  });

  it('tctl is not asked while nobody is signed in, nor where it is missing', async () => {
    const store = new Store();
    store.update({ ...emptySnapshot, login: { kind: 'signedOut' } });
    let calls = 0;
    const count = (): Promise<never> => {
      calls += 1;
      return Promise.reject(new TeleportFailure({ kind: 'refused' }));
    };
    const parts = { tctl: { capabilities: count, status: count }, refresh: { refreshNow: () => Promise.resolve() } };
    await diagnose(asked(store, parts), editor);
    const program = () => Promise.resolve({ path: '/bin/tctl', stamp: '' });
    await diagnose(asked(store, { ...parts, client: { program, call: count } }), editor);
    assert.equal(calls, 1, 'its version only');
    store.update({ login: signedIn });
    await diagnose(asked(store, { ...parts, client: { program, call: count } }), editor);
    assert.equal(calls, 4);
  });

  it('the edition and the clock are told from what was seen', async () => {
    const store = new Store();
    const parts = {
      refresh: { refreshNow: () => Promise.resolve() },
      journal: { askedAt: (one: string) => (one === id(1) ? now : undefined) },
    };
    store.update({ login: signedIn, requests: [request({ reviews: [review('rita')] })] });
    await diagnose(asked(store, parts), editor);
    assert.deepEqual(seen(store).edition, { kind: 'enterprise', seen: 'review' });
    assert.deepEqual(seen(store).clock, { ahead: 10 * minute, at: now - 10 * minute });

    const works: Record<string, boolean> = { review: false, decide: true };
    const of = (ability: string) =>
      ability in works ? { works: works[ability] ?? false, at: now } : undefined;
    store.update({ requests: [request({ user: untrusted('bob') })] });
    await diagnose(asked(store, { ...parts, rights: { of } }), editor);
    assert.deepEqual(seen(store).edition, { kind: 'community' });
    assert.equal(seen(store).clock, 'unknown');
  });

  it('variables are named, their values are not kept, and the profile folder in use is none of them', () => {
    const env = { TELEPORT_HOME: '/h', TELEPORT_CLUSTER: 'x', TSH_X: 'y', KUBECONFIG: 'z', HOME: '/' };
    assert.deepEqual(strays(env, '/h'), ['KUBECONFIG', 'TELEPORT_CLUSTER', 'TSH_X']);
    assert.deepEqual(strays(env, '/other').length, 4);
  });

  it('how a program was found', () => {
    const env = { PATH: '/usr/bin:/opt/bin' };
    assert.equal(howFound('/opt/bin/tsh', '', env), 'path');
    assert.equal(howFound('/usr/local/bin/tsh', '', env), 'usual');
    assert.equal(howFound('/opt/bin/tsh', '/opt/bin/tsh', env), 'setting');
  });

  it('files that may hold aliases, and whether they do', async () => {
    const [home, other] = [folder.at('home'), folder.at('tsh.yaml')];
    const env = { TELEPORT_GLOBAL_TSH_CONFIG: other };
    await mkdir(folder.at('home/config'), { recursive: true });
    assert.deepEqual(await aliasFiles(env, home), []);
    await writeFile(folder.at('home/config/config.yaml'), 'aliases:\n  ls: rm\n');
    await writeFile(other, 'add_headers: []\n');
    const files = (await aliasFiles(env, home)).map(({ aliases }) => aliases);
    assert.deepEqual(files, [true, false]);
  });

  it('owner, mode and links of a folder; managed tools may be links', async function () {
    if (process.platform === 'win32') this.skip();
    const path = folder.at('profiles');
    assert.equal((await folderFacts(path, true)).exists, false);
    await mkdir(folder.at('profiles/keys'), { recursive: true, mode: 0o700 });
    await mkdir(folder.at('profiles/bin'));
    await chmod(path, 0o700);
    await symlink('/bin/true', folder.at('profiles/bin/tsh'));
    const fine = await folderFacts(path, true);
    assert.deepEqual([fine.ours, fine.mode, fine.links], [true, '700', []]);
    await symlink('/tmp', folder.at('profiles/keys/proxy'));
    await chmod(path, 0o755);
    const open = await folderFacts(path, true);
    assert.deepEqual([open.ours, open.mode, open.links], [false, '755', ['keys/proxy']]);
    // A link in the place of the private homes is never ours.
    await symlink(folder.at('profiles/keys'), folder.at('planted'));
    assert.equal((await folderFacts(folder.at('planted'), false)).ours, false);
  });

  it('kubectl on PATH, but none of the workspace', async () => {
    await mkdir(folder.at('tools'));
    await writeFile(folder.at('tools/kubectl'), '', { mode: 0o755 });
    const env = { PATH: folder.at('tools') };
    assert.equal(await kubectl(env, []), folder.at('tools/kubectl'));
    assert.equal(await kubectl(env, [folder.at('tools')]), undefined);
  });

  it('an error of this machine is told by its code only', async () => {
    const error = Object.assign(new Error('/home/alice/secret'), { code: 'EACCES' });
    assert.deepEqual(await found(() => Promise.reject(error)), { error: 'EACCES' });
  });
});
