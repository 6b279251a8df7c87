// Enter in the questions themselves. The person at the keyboard chooses in every pick and types what is asked, so
// that each modal dialog is reached, and presses Enter there.
import '../../support/vscode/useStandIn.ts';
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { CommandId } from '../../../src/commands/shared/commandIds.ts';
import { commandWorld, countedState, failing, type WorldParts } from '../../support/commands/commandWorld.ts';
import { elevation, hour, id, names, now, profile, request } from '../../support/samples.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { useTemporaryFolder } from '../../support/temporaryFolder.ts';
import { screen } from '../../support/vscode/screen.ts';

const { handleCommand } = await import('../../../src/commands/handlers.ts');
const { trusted } = await import('../../../src/editor/trustedArguments.ts');

const source = fileURLToPath(new URL('../../../src', import.meta.url));

/** Runs a command as one of our rows does. @returns what it changed */
async function press(command: CommandId, parts: WorldParts, target?: object): Promise<readonly string[]> {
  const services = commandWorld(parts);
  screen.runCommand = (called, passed) => handleCommand(services, called as CommandId, passed);
  await handleCommand(services, command, target && trusted({ target }));
  return screen.effects;
}

/** The buttons of the modal dialogs that were shown, and their texts. */
const modals = (): readonly {
  readonly title: string;
  readonly detail: string;
  readonly labels: readonly string[];
}[] => screen.questions.filter(({ kind }) => kind === 'modal');

const own = request({ id: id(1), state: 'approved' });
const waiting = request({ id: id(2) });
const ofBob = request({ id: id(3), user: untrusted('bob'), suggestedReviewers: names('alice') });
/** Asserts that nothing came of it but that the page of request `n` was opened. */
const openedOnly = ([opened = '', ...others]: readonly string[], n: number): void => {
  assert.ok(opened.startsWith(`editor: jit-access:/${id(n)}/`), opened);
  assert.deepEqual(others, []);
};

describe('Enter in a question', () => {
  const folder = useTemporaryFolder();
  beforeEach(() => screen.reset());
  beforeEach(() => {
    screen.folder = folder.path;
    screen.person = {
      choose: (_, entries) =>
        entries.find(({ disabled, label }) => !disabled && !label.includes('Sign in to')),
      type: (title) => (title.includes('Run') ? 'kubectl get pods' : undefined),
    };
  });
  after(() => (screen.folder = undefined));

  it('before the main login is used opens the request', async () => {
    openedOnly(await press('jitAccess.useInLogin', { snapshot: { requests: [own] } }, { id: id(1) }), 1);
    assert.match(modals()[0]?.title ?? '', /kube-admin/);
  });

  it('before a request is cancelled opens it', async () => {
    openedOnly(
      await press('jitAccess.cancelRequest', { snapshot: { requests: [waiting] } }, { id: id(2) }),
      2,
    );
    assert.deepEqual(modals()[0]?.labels.slice(0, 3), ['Open Request', 'Hide Request', 'Delete Request']);
    assert.match(modals()[0]?.title ?? '', /kube-admin/);
  });

  for (const command of ['jitAccess.approve', 'jitAccess.deny'] as const)
    it(`of ${command} opens the request`, async () => {
      screen.person = { choose: (_, entries) => entries[0] };
      openedOnly(await press(command, { snapshot: { requests: [ofBob] } }, { id: id(3) }), 3);
      assert.match(modals()[0]?.title ?? '', /(Approve|Deny) kube-admin for bob\?/);
    });

  it('before a command runs elevated leads back to the command', async () => {
    const state = { ...countedState(0, 1) };
    assert.deepEqual(await press('jitAccess.runInElevatedTerminal', { snapshot: state }, { id: id(1) }), []);
    assert.ok(modals().length > 1);
    assert.match(modals()[0]?.title ?? '', /kube-admin/);
    assert.deepEqual(modals()[0]?.labels, ['Change the Command', 'Run Elevated']);
  });

  it('before signing out leads to the profiles, where Enter takes none', async () => {
    screen.person = {};
    assert.deepEqual(await press('jitAccess.signOut', { snapshot: {} }), []);
    assert.deepEqual(
      screen.questions.map(({ kind }) => kind),
      ['modal', 'pick'],
    );
    assert.match(modals()[0]?.title ?? '', /ent\.example\.test/);
  });

  const inMainLogin = elevation({ where: { kind: 'mainLogin' } });

  it('before an elevated login is left opens the request', async () => {
    const parts = { snapshot: { elevations: [inMainLogin], requests: [own] } };
    openedOnly(await press('jitAccess.switchProfile', parts), 1);
    assert.match(modals()[0]?.title ?? '', /kube-admin/);
  });

  it('about a login that ends first opens the request, and signs nobody out', async () => {
    const parts = { snapshot: { elevations: [inMainLogin], requests: [own] } };
    openedOnly(await press('jitAccess.continueAccess', parts, { id: id(1), elevation: inMainLogin }), 1);
    assert.match(modals()[0]?.title ?? '', /kube-admin/);
  });

  it('about a failure in words of Teleport shows the log, and repeats nothing', async () => {
    let calls = 0;
    const answers = {
      'tsh.others': () => {
        calls += 1;
        return failing({ kind: 'refused', program: 'tsh', said: untrusted('no') })();
      },
    };
    assert.deepEqual(await press('jitAccess.switchProfile', { snapshot: {}, answers }), ['log shown']);
    assert.equal(calls, 1);
  });

  it('about a sign-out that failed shows the log, and tries nothing again', async () => {
    let calls = 0;
    screen.person = { button: (labels) => Math.max(0, labels.indexOf('Sign Out')) };
    const answers = {
      'tsh.logout': () => {
        calls += 1;
        return failing({ kind: 'refused', program: 'tsh', said: untrusted('no') })();
      },
    };
    assert.deepEqual(await press('jitAccess.signOut', { snapshot: {}, answers }), ['log shown']);
    assert.equal(calls, 1);
    assert.deepEqual(modals().at(-1)?.labels, ['Show Log', 'Try Again']);
  });

  it('is pressed here for every question there is', () => {
    const sites = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const text = readFileSync(join(source, file), 'utf8');
        assert.ok(!text.includes('modal: true') || file === join('editor', 'messages.ts'), file);
        const count = [...text.matchAll(/\bawait confirm[<(]/g)].length;
        return count > 0 ? [`${String(count)} ${file.replaceAll('\\', '/')}`] : [];
      });
    assert.deepEqual(sites.sort(), [
      '1 commands/account/switchProfile.ts',
      '1 commands/applyRoles/runApply.ts',
      '1 commands/applyRoles/showRefusal.ts',
      '1 commands/elevate/continueAccess.ts',
      '1 commands/elevate/runInElevatedTerminal.ts',
      '1 commands/elevate/useAccess.ts',
      '1 commands/login/runWithRecovery.ts',
      '1 commands/request/cancelRequest.ts',
      '2 commands/account/signOut.ts',
      '2 commands/review/review.ts',
    ]);
  });

  it('about roles that cannot be applied opens the file', async () => {
    const file = folder.at('teleport', 'roles', 'broken.yaml');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'kind: role\nversion: v7\nmetadata: {name: dev}\nspec: {allow: {login: [a]}}\n');
    const effects = await press('jitAccess.applyRoles', { snapshot: {} });
    assert.equal(modals()[0]?.labels[0], 'Open File');
    assert.deepEqual(
      effects.map((effect) => effect.split(':')[0]),
      ['editor'],
    );
  });

  it('before roles are applied shows the differences, and sends nothing', async () => {
    const file = folder.at('teleport', 'roles', 'good.yaml');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'kind: role\nversion: v7\nmetadata: {name: dev}\nspec: {allow: {logins: [a]}}\n');
    const effects = await press('jitAccess.applyRoles', { snapshot: {} });
    assert.deepEqual(effects, ['editor: differences']);
    assert.equal(modals()[0]?.labels[0], 'Read the Differences');
    assert.match(modals()[0]?.title ?? '', /ent\.example\.test/);
  });
});

describe('Enter after the differences were read', () => {
  const folder = useTemporaryFolder();
  beforeEach(() => screen.reset());
  after(() => (screen.folder = undefined));

  it('sends nothing either, where only the title of the differences can go on', async () => {
    const file = folder.at('teleport', 'roles', 'large.yaml');
    mkdirSync(dirname(file), { recursive: true });
    const logins = Array.from({ length: 200 }, (_, n) => `login-number-${String(n)}`).join(', ');
    writeFileSync(
      file,
      `kind: role\nversion: v7\nmetadata: {name: dev}\nspec: {allow: {logins: [${logins}]}}\n`,
    );
    screen.folder = folder.path;
    screen.person = { choose: (_, entries) => entries.find(({ disabled }) => !disabled) };
    const services = commandWorld({ snapshot: {} });
    await handleCommand(services, 'jitAccess.applyRoles', undefined);
    assert.deepEqual(
      modals().map(({ labels }) => labels),
      [['Read the Differences']],
    );
    await handleCommand(services, 'jitAccess.applyShown', undefined);
    assert.deepEqual(modals()[1]?.labels, ['Read the Differences', 'Apply']);
    assert.match(modals()[1]?.title ?? '', /ent\.example\.test as the differences show/);
    assert.deepEqual(screen.effects, ['editor: differences']);
  });
});

describe('Enter in a dialog of several steps', () => {
  beforeEach(() => screen.reset());

  it('sends no request that was begun and left, also if the role is known', async () => {
    const draft = {
      roles: names('kube-admin'),
      reason: 'INC-1 the disk is full again',
      minutes: 60,
      reviewers: [],
    };
    for (const answers of [
      { 'drafts.load': draft },
      { 'drafts.load': { ...draft, reason: '' } },
      { 'drafts.draftsSetAside': [draft] },
    ]) {
      screen.reset();
      screen.settings = { 'reason.skeleton': 'INC-1 the disk is full again' };
      assert.deepEqual(await press('jitAccess.requestAccess', { snapshot: {}, answers }), []);
    }
  });

  it('ends no programs of an elevation that is given back', async () => {
    const { confirmEndPrograms } = await import('../../../src/commands/elevate/confirmEndPrograms.ts');
    let answer: unknown = 'open';
    void confirmEndPrograms('kube-admin', ['psql'], true).then((given) => (answer = given));
    // Enter is pressed, and the pick closed, before the next turn of the event loop.
    await setImmediate();
    assert.equal(screen.questions.length, 1);
    assert.equal(answer, 'open');
  });

  it('writes no manifests from answers that were given another time', async () => {
    const answers = {
      'files.read': (name: string) =>
        name === 'set-up.json'
          ? {
              'ent.example.test': {
                step: 'summary',
                edition: 'enterprise',
                answers: {
                  ...{ asking: ['dev'], elevated: 'kube-admin', gives: 'kubernetes', minutes: 60 },
                  ...{ reason: true, mfa: true, disconnect: true, keep: [], approvals: 'one', suggested: [] },
                },
              },
            }
          : undefined,
    };
    screen.folder = '/tmp';
    const effects = await press('jitAccess.setUpRoles', { snapshot: {}, answers });
    screen.folder = undefined;
    assert.match(JSON.stringify(screen.questions), /Write Manifests/);
    assert.deepEqual([...new Set(effects)], ['files.write set-up.json']);
  });
});

describe('What our own rows and buttons pass', () => {
  beforeEach(() => screen.reset());

  const inUse = { snapshot: countedState(0, 1) };
  const one: readonly (readonly [CommandId, WorldParts, number, RegExp])[] = [
    ['jitAccess.dropAccess', inUse, 1, /^drops\.drop$/],
    ['jitAccess.copyId', inUse, 1, /^clipboard$/],
    ['jitAccess.openRequest', inUse, 1, /^editor:/],
    ['jitAccess.openElevatedTerminal', inUse, 1, /^terminals\.reveal$/],
    ['jitAccess.pointKubectlBack', inUse, 1, /^kube\.login$/],
    ['jitAccess.keepKubernetesCluster', inUse, 1, /^elevations\.change$/],
    ['jitAccess.nudge', { snapshot: { requests: [waiting] } }, 2, /^clipboard$/],
    ['jitAccess.copyEnvironment', inUse, 1, /^clipboard$/],
  ];
  for (const [command, parts, n, expected] of one)
    it(`is one press for ${command}`, async () => {
      const effects = await press(command, parts, { id: id(n) });
      assert.deepEqual(screen.questions, []);
      assert.match(effects[0] ?? '', expected);
    });

  it('is one press for all that is elevated', async () => {
    const services = commandWorld({ snapshot: countedState(0, 2) });
    await handleCommand(services, 'jitAccess.dropAll', trusted({}));
    assert.deepEqual([screen.questions, screen.effects], [[], ['drops.drop', 'drops.drop']]);
  });
});

describe('A decision', () => {
  beforeEach(() => {
    screen.reset();
    screen.person = { choose: (_, entries) => entries[0] };
  });

  const decide = (parts: WorldParts): Promise<readonly string[]> =>
    press('jitAccess.approve', parts, { id: id(3) });
  const reasonOf = (length: number): string =>
    `${'the shop is down, '.repeat(length / 18 + 1).slice(0, length - 9)} THE END`;
  const state = (changes: object): WorldParts => ({ snapshot: { requests: [{ ...ofBob, ...changes }] } });

  it('shows the whole reason, last, where it is approved', async () => {
    for (const length of [20, 200, 400]) {
      screen.questions.length = 0;
      await decide(state({ reason: untrusted(reasonOf(length)) }));
      const [question] = modals();
      assert.ok(question?.labels.includes('Approve'), String(length));
      assert.match(question?.detail ?? '', /THE END”$/);
    }
  });

  const long: readonly (readonly [string, object])[] = [
    ['reason', { reason: untrusted(reasonOf(4_000)) }],
    ['reason of wide characters', { reason: untrusted('障'.repeat(700)) }],
    // Each of these words takes a line alone.
    ['reason of long words', { reason: untrusted('a-word-of-twenty-six-letter '.repeat(20)) }],
    ['reason of little words between long ones', { reason: untrusted(`x ${'o'.repeat(49)} `.repeat(10)) }],
    [
      'reason below a question of many lines',
      {
        user: untrusted('b'.repeat(64)),
        roles: names('r'.repeat(64), 's'.repeat(64), 't'.repeat(64)),
        reason: untrusted('the shop is down '.repeat(16)),
      },
    ],
    ['name', { user: untrusted('b'.repeat(3_000)) }],
    ['list of roles', { roles: names(...Array.from({ length: 90 }, (_, n) => `role-number-${String(n)}`)) }],
    [
      'list of resources',
      {
        resources: Array.from({ length: 60 }, (_, n) => ({
          ...{
            cluster: untrusted('main'),
            kind: untrusted('node'),
            name: untrusted(`a-server-with-a-name-${String(n)}`),
          },
        })),
      },
    ],
  ];
  for (const [what, changes] of long)
    it(`cannot be made in a question that would have to cut the ${what}: only its page can be opened`, async () => {
      const effects = await decide(state(changes));
      assert.deepEqual(
        modals().map(({ labels }) => labels),
        [['Open Request']],
      );
      openedOnly(effects, 3);
      assert.match(screen.notifications.join(' '), /Read the whole request of .*, then approve it here/);
    });

  it('cannot be made where the words of the reviewer do not fit', async () => {
    screen.person = { choose: () => ({ label: 'typed', value: 'because '.repeat(300) }) as never };
    await decide(state({}));
    assert.deepEqual(
      modals().map(({ labels }) => labels),
      [['Open Request']],
    );
  });

  for (const [what, changed] of [
    ['another user', profile('carol')],
    ['another cluster', profile('alice', { cluster: untrusted('leaf') })],
    ['another proxy', profile('alice', { proxy: untrusted('https://other.test:443') })],
    ['a request that was assumed in it', profile('alice', { assumed: [id(9)] })],
    ['other roles', profile('alice', { roles: names('dev-team', 'editor') })],
  ] as const)
    it(`is not sent by a login that has become ${what}`, async () => {
      const effects = await approveWith({ kind: 'signedIn', profile: changed });
      assert.deepEqual(effects, []);
      assert.match(screen.notifications.join(' '), /Your login has changed.*Nothing was decided/);
    });

  it('is sent by the login that was asked', async () => {
    // A renewed certificate of the same login is no other login.
    const effects = await approveWith({
      kind: 'signedIn',
      profile: profile('alice', { validUntil: now + 2 * hour }),
    });
    assert.equal(effects[0], 'tsh.review');
  });

  /** Approves bob's request with the button. The login is this one when it is read after the question. */
  async function approveWith(login: {
    readonly kind: 'signedIn';
    readonly profile: ReturnType<typeof profile>;
  }): Promise<readonly string[]> {
    const services = commandWorld({
      ...state({}),
      answers: { 'refresh.readLogin': () => services.store.update({ login }) },
    });
    screen.person = { choose: (_, entries) => entries[0], button: (labels) => labels.indexOf('Approve') };
    await handleCommand(services, 'jitAccess.approve', trusted({ target: { id: id(3) } }));
    return screen.effects;
  }
});
