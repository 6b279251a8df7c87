import assert from 'node:assert/strict';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { Diagnosis, FolderFacts } from '../../../../src/state/diagnosis.ts';
import { abilities } from '../../../../src/teleport/commands/abilities.ts';
import { doctorPage } from '../../../../src/views/pages/doctorPage.ts';
import {
  activePatterns,
  hour,
  hostileText,
  minute,
  names,
  now,
  profile,
  without,
} from '../../../support/samples.ts';

const folder = (path: string, changes: Partial<FolderFacts> = {}): FolderFacts => ({
  path: untrusted(path),
  exists: true,
  ours: true,
  mode: '700',
  links: [],
  ...changes,
});

/** A diagnosis in which every fact is known and nothing needs attention. */
function diagnosis(changes: Partial<Diagnosis> = {}): Diagnosis {
  const version = { value: untrusted('17.0.0') };
  return {
    at: now,
    done: true,
    editor: {
      version: '1.139.1',
      extension: '0.1.0',
      remote: undefined,
      inBrowser: false,
      trusted: true,
      system: 'linux x64',
    },
    tsh: { value: { path: untrusted('/usr/bin/tsh'), how: 'path', version } },
    tctl: { value: { path: untrusted('/usr/bin/tctl'), how: 'path', version } },
    managed: { value: [] },
    login: { value: { kind: 'signedIn', profile: profile() } },
    reach: { value: 82 },
    capabilities: { value: true },
    cluster: { failure: { kind: 'notPermitted', said: untrusted('access denied to perform action "list"') } },
    rights: [
      ['review', { works: true, at: now - hour }],
      ['lock', { works: false, at: now - 2 * minute }],
      ['search', undefined],
    ],
    edition: { kind: 'enterprise', seen: 'review' },
    clock: { ahead: 900, at: now - hour },
    strays: [],
    aliasFiles: { value: [] },
    home: { value: folder('/home/alice/.tsh') },
    others: { value: [] },
    runtime: { value: folder('/run/user/1000/jit-access') },
    service: { value: false },
    agent: false,
    kubectl: { value: undefined },
    ...changes,
  };
}

const page = (changes: Partial<Diagnosis> = {}): string => doctorPage(diagnosis(changes), now);
const verdict = (text: string): string => text.split('\n')[0] ?? '';

describe("the Doctor's page", () => {
  it('begins with the verdict, then says every fact', () => {
    const text = page();
    assert.equal(verdict(text), 'All is well');
    for (const line of [
      /^tsh: +│ \/usr\/bin\/tsh\n +found on PATH\ntsh version: +│ 17\.0\.0$/m,
      /^Who: +│ alice$/m,
      /^Proxy: +│ ent\.example\.test:443$/m,
      /^Until: +.*13:00:00/m,
      /^Reach: +tsh request ls answered in 82 ms$/m,
      /^tctl status: +Your roles do not allow this.*\n +│ access denied to perform action "list"$/m,
      /^Edition: +Enterprise: a review was seen$/m,
      /^Clock: +within a minute of the cluster's \(seen 1 hr\. ago\)$/m,
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
  });

  const attentionCases: readonly (readonly [string, Partial<Diagnosis>, RegExp])[] = [
    ['tsh is missing', { tsh: { failure: { kind: 'notFound' } } }, /tsh was not found/],
    ['signed out', { login: { value: { kind: 'signedOut' } } }, /You are signed out/],
    ['expired', { login: { value: { kind: 'expired', profile: profile() } } }, /login has expired/],
    ['too old', { login: { value: { kind: 'tooOld', version: '13.4.26' } } }, /too old/],
    ['offline', { reach: { failure: { kind: 'unreachable' } } }, /cannot be reached/],
    ['clock', { clock: { ahead: -5 * minute, at: now } }, /clock was 5 min behind/],
    ['open to others', { home: { value: folder('/h', { ours: false, mode: '755' }) } }, /mode 755/],
    ['links', { home: { value: folder('/h', { links: names('keys') }) } }, /links in your profile folder/],
    ['foreign copies', { runtime: { value: folder('/r', { ours: false, mode: '777' }) } }, /mode 777/],
    ['a service', { service: { value: true } }, /tctl is not used/],
    ['not trusted', { editor: { ...diagnosis().editor, trusted: false } }, /Restricted Mode/],
  ];
  for (const [title, changes, words] of attentionCases) {
    it(`what needs attention is counted, with what to do: ${title}`, () => {
      const text = page(changes);
      assert.equal(verdict(text), '1 thing needs attention');
      assert.match(text, new RegExp(`^1\\. .*${words.source}.*\\n {3}\\S`, 'm'));
      assert.doesNotMatch(text, /^2\. /m);
    });
  }

  it('several are counted', () => {
    const text = page({ service: { value: true }, reach: { failure: { kind: 'timedOut' } } });
    assert.equal(verdict(text), '2 things need attention');
    assert.match(text, /^2\. /m);
  });

  it('missing tctl, strays, aliases and an unknown clock are facts, not faults', () => {
    const text = page({
      tctl: { failure: { kind: 'notFound' } },
      strays: names('TELEPORT_CLUSTER', 'TSH_DEBUG'),
      aliasFiles: { value: [{ path: untrusted('/etc/tsh.yaml'), aliases: true }] },
      clock: 'unknown',
      edition: { kind: 'unknown' },
    });
    assert.equal(verdict(text), 'All is well');
    assert.match(text, /^tctl: +not found; only needed/m);
    assert.match(
      text,
      /^Variables: +│ TELEPORT_CLUSTER\n +│ TSH_DEBUG\n +set for VS Code and not passed on/m,
    );
    assert.match(text, /^Aliases: +│ \/etc\/tsh\.yaml\n +has aliases; kept from working/m);
    assert.match(text, /^Clock: +not known/m);
    assert.match(text, /^Edition: +not known/m);
  });

  it('does not say that all is well while something is not known', () => {
    assert.match(verdict(page({ done: false })), /^Looking…/);
    const unknown = { error: untrusted('EACCES') } as const;
    const text = page({ home: unknown });
    assert.match(verdict(text), /^Nothing needs attention, but 1 of the facts/);
    assert.match(text, /^Profile folder: could not be read\n +│ EACCES$/m);
    assert.match(verdict(doctorPage(undefined, now)), /Run Doctor/);
  });

  it('leaves out what is still asked for', () => {
    const text = doctorPage({ ...without(without(diagnosis(), 'reach'), 'tctl'), done: false }, now);
    assert.doesNotMatch(text, /^Reach:|^tctl:/m);
    assert.match(text, /^tsh: /m);
  });

  it('who is not signed in is not asked, and that is said', () => {
    const notAsked = { notAsked: true } as const;
    const text = page({ login: { value: { kind: 'signedOut' } }, reach: notAsked, cluster: notAsked });
    assert.equal(verdict(text), '1 thing needs attention');
    assert.match(text, /^Reach: +not asked, since it is not known that somebody is signed in$/m);
  });

  it('other profiles and managed tools are named', () => {
    const others = [
      profile('bob', { cluster: untrusted('other.test') }),
      profile('eve', { validUntil: now - hour }),
    ];
    const text = page({ others: { value: others }, managed: { value: names('tctl', 'tsh') } });
    assert.match(text, /^Other profiles: │ bob\n +│ other\.test\n +signed in until 13:00$/m);
    assert.match(text, /│ eve\n.*\n +login expired$/m);
    assert.match(text, /^Managed: +│ tctl\n +│ tsh\n/m);
  });

  it('every ability has words', () => {
    const text = page({ rights: abilities.map((ability) => [ability, undefined] as const) });
    assert.equal(text.match(/^ {2}not tried +\S/gm)?.length, abilities.length);
  });

  it('text of others can neither act nor pass for a line of ours', () => {
    const version = { value: hostileText };
    const text = page({
      editor: { ...diagnosis().editor, remote: hostileText },
      tsh: { value: { path: hostileText, how: 'setting', version } },
      login: {
        value: {
          kind: 'signedIn',
          profile: profile('alice', { user: hostileText, cluster: hostileText, proxy: hostileText }),
        },
      },
      cluster: { value: [hostileText, hostileText] },
      reach: { failure: { kind: 'refused', said: hostileText } },
      runtime: { error: hostileText },
      strays: [hostileText],
      managed: { value: [hostileText] },
      aliasFiles: { value: [{ path: hostileText, aliases: false }] },
      home: { value: folder('', { path: hostileText, links: [hostileText] }) },
      others: { value: [profile('x', { user: hostileText, cluster: hostileText })] },
      kubectl: { value: hostileText },
    });
    for (const [what, pattern] of activePatterns) assert.doesNotMatch(text, pattern, what);
    assert.doesNotMatch(text, /^State:/m);
    assert.ok((text.match(/│ State: approved/g) ?? []).length > 10);
  });
});
