import assert from 'node:assert/strict';
import { rawText, untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { diagnose } from '../../../../src/commands/doctor/diagnose.ts';
import { doctorTable } from '../../../../src/commands/doctor/doctorTable.ts';
import type { DoctorParts } from '../../../../src/commands/doctor/services.ts';
import { Store, type Snapshot } from '../../../../src/state/store.ts';
import { abilities } from '../../../../src/teleport/commands/abilities.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import { TeleportFailure, type Failure } from '../../../../src/teleport/process/failure.ts';
import { doctorPage } from '../../../../src/views/pages/doctorPage.ts';
import {
  activePatterns,
  hostileText,
  hour,
  id,
  minute,
  names,
  now,
  profile,
  request,
  review,
} from '../../../support/samples.ts';

const failed = (kind: Failure['kind'], said?: string): TeleportFailure =>
  new TeleportFailure({ kind, ...(said === undefined ? {} : { said: untrusted(said) }) });
const resolvesTo = (value: unknown) => () => Promise.resolve(value);
const rejectsWith = (kind: Failure['kind'], said?: string) => () => Promise.reject(failed(kind, said));

const folder = (path: string, isOpen = false): object => ({
  path: untrusted(path),
  exists: true,
  isOpen,
  mode: isOpen ? '755' : '700',
});
const rights: Record<string, object> = {
  review: { works: true, at: now - hour },
  lock: { works: false, at: now - 2 * minute },
};

/** tsh and tctl where all is well, but for `tctl status`, which alice may not run. */
const working = {
  client: {
    program: (name: string) => Promise.resolve({ path: `/usr/bin/${name}`, stamp: '' }),
    call: resolvesTo({ stdout: 'Teleport v17.0.0 git:abc go1.22' }),
  },
  tsh: { version: resolvesTo('17.0.0'), list: resolvesTo({ requests: [] }), others: resolvesTo([]) },
  tctl: {
    status: rejectsWith('notPermitted', 'access denied to perform action "list"'),
    capabilities: resolvesTo({}),
  },
};

/**
 * Runs the Doctor on a machine and a cluster where all is well, but for what differs.
 * @param reads values in the place of what the entries with these names read; an error is thrown
 * @returns its page
 */
async function pageOf(
  reads: Readonly<Record<string, unknown>> = {},
  parts: object = {},
  snapshot: Partial<Snapshot> = {},
): Promise<string> {
  const store = new Store();
  const login = { kind: 'signedIn', profile: profile() } as const;
  store.update({ login, requests: [request({ reviews: [review('rita')] })], ...snapshot });
  let elapsed = 0;
  const all = {
    ...working,
    store,
    mainLogin: new Home('/nowhere'),
    refresh: { refreshNow: resolvesTo(undefined) },
    rights: { of: (ability: string) => rights[ability] },
    journal: { requestedAt: () => now - 10 * minute + 900 },
    clock: { now: () => now },
    env: { PATH: '/usr/bin' },
    workspace: () => [],
    code: { version: '1.139.1', env: { uiKind: 1 }, UIKind: { Web: 2 }, workspace: { isTrusted: true } },
    extensionVersion: '0.1.0',
    setting: () => '',
    relativeSettings: () => [],
    typingSetting: () => undefined,
    inherited: { PATH: '/usr/bin' },
    elapsed: () => (elapsed += 82),
    ...parts,
  } as unknown as DoctorParts;
  const values: Readonly<Record<string, unknown>> = {
    Managed: [],
    Aliases: [],
    Service: false,
    'Profile folder': folder('/home/alice/.tsh'),
    'Links in it': undefined,
    'Private copies': folder('/run/user/1000/jit-access'),
    kubectl: { path: undefined, isOfWorkspace: false },
    ...reads,
  };
  const table = doctorTable(all).map((section) => ({
    ...section,
    entries: section.entries.map((entry) => {
      const value = values[entry.name];
      const read = () => (value instanceof Error ? Promise.reject(value) : value);
      return entry.name in values ? { ...entry, read } : entry;
    }),
  }));
  await diagnose(all, table);
  return doctorPage(store.snapshot.diagnosis, now);
}
const verdict = (text: string): string => text.split('\n')[0] ?? '';

describe('what the Doctor says', () => {
  it('that VS Code was opened from an elevated terminal, whose login is not taken for the main one', async () => {
    const home = `/run/user/1000/jit-access/${'a'.repeat(32)}/current`;
    const text = await pageOf({}, { refusedLogin: home });
    assert.match(text, /TELEPORT_HOME or the settings name the private home of an elevated terminal/);
    assert.match(text, /not used as the main login/);
    assert.doesNotMatch(await pageOf(), /elevated terminal/);
  });

  it('begins with the verdict, then says every fact', async () => {
    const text = await pageOf();
    assert.equal(verdict(text), 'All is well');
    for (const line of [
      /^tsh: +│ \/usr\/bin\/tsh\n +found on PATH\ntsh version: +│ 17\.0\.0$/m,
      /^Who: +│ alice$/m,
      /^Proxy: +│ ent\.example\.test:443$/m,
      /^Until: +.*13:00:00/m,
      /^Reach: +tsh request ls answered in 82 ms$/m,
      /^tctl status: +Your roles do not allow this.*\n +│ access denied to perform action "list"$/m,
      /^Edition: +Enterprise: a review was seen$/m,
      /^Clock: +within a minute of the cluster's \(seen 10 min\. ago\)$/m,
      /^ {2}works +review requests \(tsh request review\) \(1 hr\. ago\)$/m,
      /^ {2}refused +lock a request \(tctl lock\) \(2 min\. ago\)$/m,
      /^ {2}not tried +search for resources \(tsh request search\)$/m,
      /^Variables: +none/m,
      /^Service: +no auth service/m,
      /^Profile folder: │ \/home\/alice\/\.tsh\n +yours alone \(mode 700\)$/m,
      /^Private copies: │ \/run\/user\/1000\/jit-access$/m,
      /^kubectl: +not found on PATH$/m,
      /^VS Code: +1\.139\.1$/m,
      /^Trust: +workspace trusted$/m,
    ]) {
      assert.match(text, line);
    }
    assert.equal(text.match(/^ {2}(works|refused|not tried) +\S/gm)?.length, abilities.length);
  });

  const noProgram = (missing: string) => ({
    ...working.client,
    program: (name: string) =>
      name === missing ? Promise.reject(failed('notFound')) : working.client.program(name),
  });
  const loggedIn = (login: Snapshot['login']): Parameters<typeof pageOf> => [{}, {}, { login }];
  const clockBehind = { journal: { requestedAt: () => now - 15 * minute } };
  const attentionCases: readonly (readonly [string, Parameters<typeof pageOf>, RegExp])[] = [
    ['tsh is missing', [{}, { client: noProgram('tsh') }], /tsh was not found/],
    ['signed out', loggedIn({ kind: 'signedOut' }), /You are signed out/],
    ['expired', loggedIn({ kind: 'expired', profile: profile() }), /login has expired/],
    ['too old', loggedIn({ kind: 'tooOld', version: '13.4.26' }), /too old/],
    ['offline', [{ Reach: failed('unreachable') }], /cannot be reached/],
    ['clock', [{}, clockBehind], /clock was 5 min behind/],
    ['open to others', [{ 'Profile folder': folder('/h', true) }], /mode 755/],
    ['links', [{ 'Links in it': names('keys') }], /links in your profile folder/],
    ['foreign copies', [{ 'Private copies': folder('/r', true) }], /copies .*mode 755/],
    ['a service', [{ tctl: { tctl: { path: '/t' }, isService: true } }], /tctl is not used/],
    ['not trusted', [{ Trust: false }], /Restricted Mode/],
  ];
  for (const [title, change, words] of attentionCases) {
    it(`what needs attention is counted, with what to do: ${title}`, async () => {
      const text = await pageOf(...change);
      assert.equal(verdict(text), '1 thing needs attention');
      assert.match(text, new RegExp(`^1\\. .*${words.source}.*\\n {3}\\S`, 'm'));
      assert.doesNotMatch(text, /^2\. /m);
    });
  }

  it('several are counted', async () => {
    const text = await pageOf({ 'Links in it': names('keys'), Reach: failed('timedOut') });
    assert.equal(verdict(text), '2 things need attention');
    assert.match(text, /^2\. /m);
  });

  it('missing tctl, strays, aliases and an unknown clock are facts, not faults', async () => {
    const text = await pageOf(
      { Aliases: [{ path: untrusted('/etc/tsh.yaml'), aliases: true }] },
      {
        client: noProgram('tctl'),
        env: { TSH_DEBUG: '1', TELEPORT_CLUSTER: 'secret' },
        rights: { of: () => undefined },
      },
      { requests: [] },
    );
    assert.equal(verdict(text), 'All is well');
    assert.match(text, /^tctl: +not found; only needed/m);
    assert.doesNotMatch(text, /^tctl version|^tctl status|secret/m);
    assert.match(
      text,
      /^Variables: +│ TELEPORT_CLUSTER\n +│ TSH_DEBUG\n +set for VS Code and not passed on/m,
    );
    assert.match(text, /^Aliases: +│ \/etc\/tsh\.yaml\n +has aliases; kept from working/m);
    assert.match(text, /^Clock: +not known/m);
    assert.match(text, /^Edition: +not known/m);
  });

  it('names what the workspace could do: temporary files in it, kubectl that leads into it, text that is typed', async () => {
    const text = await pageOf(
      { kubectl: { path: untrusted('/usr/local/bin/kubectl'), isOfWorkspace: true } },
      {
        inherited: { PATH: '/usr/bin', TMPDIR: '/ws/tmp' },
        workspace: () => ['/ws'],
        typingSetting: () => 'python.terminal.activateEnvironment',
        relativeSettings: () => ['Tsh Path', 'Teleport Home'],
      },
    );
    assert.equal(verdict(text), '4 things need attention');
    assert.match(text, /^Temporary: +│ TMPDIR\n +not used; another folder takes its place/m);
    assert.match(text, /kubectl on PATH is a link to a program of the workspace/);
    assert.match(text, /Switch "python\.terminal\.activateEnvironment" off/);
    assert.match(text, /The setting "Tsh Path" is not used, because it is not a full path/);
    assert.match(text, /^Settings: +"Tsh Path" is not a full path.*\n +"Teleport Home" is not a full path/m);
  });

  it('does not say that all is well while something is not known; an error is told by its code only', async () => {
    const error = Object.assign(new Error('/home/alice/secret'), { code: 'EACCES' });
    const text = await pageOf({ 'Profile folder': error });
    assert.match(verdict(text), /^Nothing needs attention, but 1 of the facts/);
    assert.match(text, /^Profile folder: could not be read\n +│ EACCES$/m);
    assert.doesNotMatch(text, /secret/);
  });

  it('ends also when everything fails, with the reason of each; of nobody nothing is said', async () => {
    const parts = {
      client: { program: rejectsWith('notFound') },
      tsh: { version: rejectsWith('timedOut'), others: rejectsWith('unreadable') },
      refresh: { refreshNow: () => Promise.reject(new Error('ours')) },
    };
    const text = await pageOf({}, parts, { login: { kind: 'starting' }, requests: [] });
    assert.match(text, /^tsh: +tsh was not found/m);
    assert.match(text, /^Login: +could not be read$/m);
    assert.match(text, /^Reach: +not asked, since it is not known that somebody is signed in$/m);
    assert.match(text, /^Other profiles: tsh was cut off/m);
    assert.doesNotMatch(text, /What works for you|^tctl status/m);
  });

  it('tries what only reads, and only what was never tried', async () => {
    const tried: string[] = [];
    const recordCall = (name: string) => () => {
      tried.push(name);
      return Promise.reject(failed('notPermitted'));
    };
    const parts = {
      rights: { of: (ability: string) => (ability === 'kube' ? { works: true, at: now } : undefined) },
      resources: { search: recordCall('search') },
      kube: { list: recordCall('kube') },
      tctl: {
        ...working.tctl,
        ...Object.fromEntries(
          ['requests', 'locks', 'roles', 'users'].map((name) => [name, recordCall(name)]),
        ),
      },
    };
    await pageOf({}, parts);
    assert.deepEqual(tried, ['search', 'requests', 'locks', 'roles', 'users']);
  });

  it('tctl is not asked while nobody is signed in, nor where it is missing', async () => {
    let calls = 0;
    const call = (): Promise<never> => {
      calls += 1;
      return Promise.reject(failed('refused'));
    };
    const tctl = { ...working.tctl, capabilities: call, status: call };
    const signedOut: Partial<Snapshot> = { login: { kind: 'signedOut' } };
    await pageOf({}, { tctl, client: { ...noProgram('tctl'), call } }, signedOut);
    assert.equal(calls, 0);
    const text = await pageOf({}, { tctl, client: { ...working.client, call } }, signedOut);
    assert.equal(calls, 1, 'its version only');
    assert.match(text, /^tctl status: +not asked/m);
    await pageOf({}, { tctl, client: { ...working.client, call } });
    assert.equal(calls, 4);
  });

  it('the edition and the clock are told from what was seen', async () => {
    const requestedAt = (requestId: string) => (requestId === id(1) ? now : undefined);
    assert.match(await pageOf({}, { journal: { requestedAt } }), /^Clock: .* 10 min ahead/m);
    const seen: Record<string, boolean> = { review: false, decide: true };
    const of = (ability: string) => (ability in seen ? { works: seen[ability], at: now } : undefined);
    const bobs = { requests: [request({ user: untrusted('bob') })] };
    const text = await pageOf({}, { rights: { of }, journal: { requestedAt } }, bobs);
    assert.match(text, /^Edition: +probably Community/m);
    assert.match(text, /^Clock: +not known/m);
  });

  it('other profiles and managed tools are named', async () => {
    const others = [
      profile('bob', { cluster: untrusted('other.test') }),
      profile('eve', { validUntil: now - hour }),
    ];
    const text = await pageOf({ 'Other profiles': others, Managed: names('tctl', 'tsh') });
    assert.match(text, /^Other profiles: │ bob\n +│ other\.test\n +signed in until 13:00\n +│ eve$/m);
    assert.match(text, /│ eve\n.*\n +login expired$/m);
    assert.match(text, /^Managed: +│ tctl\n +│ tsh\n/m);
  });

  it('text of others can neither act nor pass for a line of ours', async () => {
    const hostile = { user: hostileText, cluster: hostileText, proxy: hostileText };
    const reads = {
      Remote: { kind: hostileText },
      'tsh version': hostileText,
      'tctl status': { cluster: hostileText, version: hostileText },
      Reach: failed('refused', rawText(hostileText)),
      'Private copies': Object.assign(new Error(), { code: hostileText }),
      Managed: [hostileText],
      Aliases: [{ path: hostileText, aliases: false }],
      'Profile folder': folder(rawText(hostileText)),
      'Links in it': [hostileText],
      'Other profiles': [profile('x', hostile)],
      kubectl: { path: hostileText },
    };
    const parts = {
      client: { ...working.client, program: resolvesTo({ path: hostileText }) },
      env: { [`TSH_${rawText(hostileText)}`]: '' },
    };
    const login = { kind: 'signedIn', profile: profile('alice', hostile) } as const;
    const text = await pageOf(reads, parts, { login });
    for (const [what, pattern] of activePatterns) assert.doesNotMatch(text, pattern, what);
    assert.doesNotMatch(text, /^State:/m);
    assert.ok((text.match(/│ State: approved/g) ?? []).length > 10);
  });
});
