import assert from 'node:assert/strict';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { diagnose, type DiagnoseParts } from '../../../../src/commands/doctor/diagnose.ts';
import type { Diagnosis } from '../../../../src/state/diagnosis.ts';
import {
  aliasFiles,
  folderFacts,
  readFact,
  howFound,
  findKubectl,
  strayVariables,
} from '../../../../src/commands/doctor/machineFacts.ts';
import { emptySnapshot, Store } from '../../../../src/state/store.ts';
import type { LoginState } from '../../../../src/state/login.ts';
import { TeleportFailure, type FailureKind } from '../../../../src/teleport/process/failure.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import { id, minute, now, profile, request, review } from '../../../support/samples.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';

const rejectsWith = (kind: FailureKind) => () => Promise.reject(new TeleportFailure({ kind }));

describe('what the Doctor finds out', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await TemporaryFolder.open();
  });
  after(() => folder.close());

  /** The parts of a diagnosis. Every call fails unless a test passes a part that succeeds. */
  function diagnoseParts(store: Store, parts: object = {}): DiagnoseParts {
    return {
      client: { program: rejectsWith('notFound'), call: rejectsWith('timedOut') },
      tsh: {
        version: rejectsWith('timedOut'),
        list: rejectsWith('unreachable'),
        others: rejectsWith('unreadable'),
      },
      tctl: { capabilities: rejectsWith('notPermitted'), status: rejectsWith('notPermitted') },
      mainLogin: new Home(folder.at('nowhere')),
      store,
      refresh: { refreshNow: () => Promise.reject(new Error('ours')) },
      rights: { of: () => undefined },
      journal: { requestedAt: () => undefined },
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

  function diagnosisOf({ snapshot }: Store): Diagnosis {
    assert.ok(snapshot.diagnosis);
    return snapshot.diagnosis;
  }

  it('ends also when everything fails, with the reason of each', async () => {
    const store = new Store();
    await diagnose(diagnoseParts(store), editor);
    const diagnosis = diagnosisOf(store);
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
    const recordCall = (name: string) => () => {
      tried.push(name);
      return Promise.reject(new TeleportFailure({ kind: 'notPermitted' }));
    };
    const parts = {
      refresh: { refreshNow: () => Promise.resolve() },
      rights: { of: (ability: string) => (ability === 'kube' ? { works: true, at: now } : undefined) },
      resources: { search: recordCall('search') },
      kube: { list: recordCall('kube') },
      tctl: {
        requests: recordCall('requests'),
        locks: recordCall('locks'),
        roles: recordCall('roles'),
        users: recordCall('users'),
      },
    };
    await diagnose(diagnoseParts(store, parts), editor);
    assert.deepEqual(tried, ['search', 'requests', 'locks', 'roles', 'users']);
  });

  it('tctl is not asked while nobody is signed in, nor where it is missing', async () => {
    const store = new Store();
    store.update({ ...emptySnapshot, login: { kind: 'signedOut' } });
    let calls = 0;
    const countCall = (): Promise<never> => {
      calls += 1;
      return Promise.reject(new TeleportFailure({ kind: 'refused' }));
    };
    const parts = {
      tctl: { capabilities: countCall, status: countCall },
      refresh: { refreshNow: () => Promise.resolve() },
    };
    await diagnose(diagnoseParts(store, parts), editor);
    const program = () => Promise.resolve({ path: '/bin/tctl', stamp: '' });
    await diagnose(diagnoseParts(store, { ...parts, client: { program, call: countCall } }), editor);
    assert.equal(calls, 1, 'its version only');
    store.update({ login: signedIn });
    await diagnose(diagnoseParts(store, { ...parts, client: { program, call: countCall } }), editor);
    assert.equal(calls, 4);
  });

  it('the edition and the clock are told from what was seen', async () => {
    const store = new Store();
    const parts = {
      refresh: { refreshNow: () => Promise.resolve() },
      journal: { requestedAt: (requestId: string) => (requestId === id(1) ? now : undefined) },
    };
    store.update({ login: signedIn, requests: [request({ reviews: [review('rita')] })] });
    await diagnose(diagnoseParts(store, parts), editor);
    assert.deepEqual(diagnosisOf(store).edition, { kind: 'enterprise', seen: 'review' });
    assert.deepEqual(diagnosisOf(store).clock, { ahead: 10 * minute, at: now - 10 * minute });

    const abilities: Record<string, boolean> = { review: false, decide: true };
    const rightOf = (ability: string) =>
      ability in abilities ? { works: abilities[ability] ?? false, at: now } : undefined;
    store.update({ requests: [request({ user: untrusted('bob') })] });
    await diagnose(diagnoseParts(store, { ...parts, rights: { of: rightOf } }), editor);
    assert.deepEqual(diagnosisOf(store).edition, { kind: 'community' });
    assert.equal(diagnosisOf(store).clock, 'unknown');
  });

  it('variables are named, their values are not kept, and the profile folder in use is none of them', () => {
    const env = { TELEPORT_HOME: '/h', TELEPORT_CLUSTER: 'x', TSH_X: 'y', KUBECONFIG: 'z', HOME: '/' };
    assert.deepEqual(strayVariables(env, '/h'), ['KUBECONFIG', 'TELEPORT_CLUSTER', 'TSH_X']);
    assert.deepEqual(strayVariables(env, '/other').length, 4);
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
    const ownFolder = await folderFacts(path, true);
    assert.deepEqual([ownFolder.ours, ownFolder.mode, ownFolder.links], [true, '700', []]);
    await symlink('/tmp', folder.at('profiles/keys/proxy'));
    await chmod(path, 0o755);
    const openFolder = await folderFacts(path, true);
    assert.deepEqual([openFolder.ours, openFolder.mode, openFolder.links], [false, '755', ['keys/proxy']]);
    // A link in place of the folder of private homes never counts as the user's own folder.
    await symlink(folder.at('profiles/keys'), folder.at('planted'));
    assert.equal((await folderFacts(folder.at('planted'), false)).ours, false);
  });

  it('kubectl on PATH, but none of the workspace', async () => {
    await mkdir(folder.at('tools'));
    await writeFile(folder.at('tools/kubectl'), '', { mode: 0o755 });
    const env = { PATH: folder.at('tools') };
    assert.equal(await findKubectl(env, []), folder.at('tools/kubectl'));
    assert.equal(await findKubectl(env, [folder.at('tools')]), undefined);
  });

  it('an error of this machine is told by its code only', async () => {
    const error = Object.assign(new Error('/home/alice/secret'), { code: 'EACCES' });
    assert.deepEqual(await readFact(() => Promise.reject(error)), { error: 'EACCES' });
  });
});
