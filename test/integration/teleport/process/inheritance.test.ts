import assert from 'node:assert/strict';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import type { CallRecord } from '../../../../src/teleport/commands/client.ts';
import { unaliasedCommands } from '../../../../src/teleport/environment/environment.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import { neutralFolder } from '../../../../src/teleport/process/ownFolder.ts';
import { TshKube } from '../../../../src/teleport/commands/tshKube.ts';
import { ResourceSearch } from '../../../../src/teleport/commands/tshResourceSearch.ts';
import { signInArguments } from '../../../../src/teleport/commands/tshLogin.ts';
import { Tctl } from '../../../../src/teleport/commands/tctl.ts';
import { Tsh } from '../../../../src/teleport/commands/tsh.ts';
import { readRecording } from '../../../support/recordings.ts';
import { id, profile } from '../../../support/samples.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';
import { testClient } from '../../../support/testClient.ts';

/** One start of tsh or tctl, as the recorder in its place noted it. */
interface Start {
  /** The client method that started the program. */
  readonly method: string;
  readonly program: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** The text on standard input. */
  readonly stdin: string;
}

/** Untrusted words that look like words of a command. */
const [me, role, reason, words] = [untrusted('alice'), untrusted('dba'), 'because', 'prod'];
const draft = { roles: [role], reason, minutes: 60, reviewers: [untrusted('rita')] };
const foreignWords = ['alice', 'dba', 'because', 'prod', 'rita'];

/** The clients whose methods start programs. */
interface Clients {
  readonly tsh: Tsh;
  readonly tctl: Tctl;
  readonly kube: TshKube;
  readonly resources: ResourceSearch;
}
type Call = (clients: Clients, home: Home) => Promise<unknown>;
type Every<T> = { readonly [Name in keyof T]: Call };

/** A call of every client method. The compiler reports a missing method. */
const allMethods: { readonly [Name in keyof Clients]: Every<Clients[Name]> } = {
  tsh: {
    version: ({ tsh }, home) => tsh.version(home),
    status: ({ tsh }, home) => tsh.status(home),
    others: ({ tsh }, home) => tsh.others(home),
    list: ({ tsh }, home) => tsh.list(home),
    show: ({ tsh }, home) => tsh.show(home, id(1)),
    create: ({ tsh }, home) => tsh.create(home, draft),
    findCreated: ({ tsh }, home) => tsh.findCreated(home, draft, me, 0),
    review: ({ tsh }, home) => tsh.review(home, id(1), 'approve', reason),
    assume: ({ tsh }, home) => tsh.assume(home, id(1)),
    drop: ({ tsh }, home) => tsh.drop(home, [id(1)]),
    dropOne: ({ tsh }, home) => tsh.dropOne(home, id(1)),
    logout: ({ tsh }, home) => tsh.logout(home, profile()),
  },
  tctl: {
    capabilities: ({ tctl }, home) => tctl.capabilities(home, me),
    requests: ({ tctl }, home) => tctl.requests(home),
    decide: ({ tctl }, home) => tctl.decide(home, id(1), 'deny', { reason, me }),
    remove: ({ tctl }, home) => tctl.remove(home, id(1)),
    lock: ({ tctl }, home) => tctl.lock(home, id(1), reason, 0),
    unlock: ({ tctl }, home) => tctl.unlock(home, id(1)),
    locks: ({ tctl }, home) => tctl.locks(home),
    roles: ({ tctl }, home) => tctl.roles(home),
    role: ({ tctl }, home) => tctl.role(home, role),
    users: ({ tctl }, home) => tctl.users(home),
    list: ({ tctl }, home) => tctl.list(home, 'readBots', ['bots', 'ls', '--format=json']),
    status: ({ tctl }, home) => tctl.status(home),
    removeRole: ({ tctl }, home) => tctl.removeRole(home, role, 'r1'),
    writeRole: ({ tctl }, home) => tctl.writeRole(home, role, 'kind: role', 'r1'),
  },
  kube: {
    list: ({ kube }, home) => kube.list(home),
    login: ({ kube }, home) => kube.login(home, untrusted(words)),
  },
  resources: {
    search: ({ resources }, home) => resources.search(home, 'node', [words]),
    roles: ({ resources }, home) => resources.roles(home),
  },
};
const calls = Object.entries(allMethods).flatMap(([client, clientMethods]) =>
  Object.entries<Call>(clientMethods).map(([name, call]) => [`${client}.${name}`, call] as const),
);

/** The answers of the recorder by the beginning of a call. With them no method stops half way. */
const answers: Readonly<Record<string, string>> = {
  version: readRecording('version-client').stdout,
  'status --format': readRecording('ent-status-base').stdout,
  'request ls': '[]',
  'request show': readRecording('two-show-1of2').stdout,
  'request create': `Request ID: ${id(1)}\n`,
  'requests capabilities': readRecording('capabilities').stdout,
  'requests ls': '[]',
  'get --format=json -- role/': '[{"metadata": {"name": "dba", "revision": "r1"}}]',
  get: '[]',
  'bots ls': '[]',
  'kube ls': '[]',
  'request search': '[]',
};

describe('what tsh and tctl inherit', () => {
  let folder: TemporaryFolder;
  let cleanStarts: readonly Start[];
  let strayStarts: readonly Start[];
  let logged: CallRecord[];

  before(async () => {
    folder = await TemporaryFolder.open();
    await writeFile(
      folder.at('aliases.yaml'),
      'aliases:\n  "status": "tsh logout"\n  "login": "/bin/false"\n',
    );
    for (const name of ['tsh', 'tctl']) await writeRecorder(name);
    await mkdir(folder.at('root'), { mode: 0o700 });
    const usualEnvironment = { HOME: folder.at('home'), PATH: '/usr/bin:/bin', LANG: 'de_DE.UTF-8' };
    cleanStarts = await runEveryMethod(usualEnvironment);
    const strayVariables: Record<string, string> = {
      TELEPORT_CLUSTER: 'leaf',
      TELEPORT_PROXY: 'evil.test:443',
      TELEPORT_DEBUG: '1',
      TELEPORT_USER: 'root',
      TELEPORT_HOME: folder.at('elsewhere'),
      TELEPORT_AUTH: 'evil',
      TELEPORT_LOGIN: 'root',
      TELEPORT_SITE: 'leaf',
      TELEPORT_USE_LOCAL_SSH_AGENT: 'true',
      TELEPORT_ADD_KEYS_TO_AGENT: 'only',
      TELEPORT_GLOBAL_TSH_CONFIG: folder.at('aliases.yaml'),
      TELEPORT_CONFIG_FILE: folder.at('teleport.yaml'),
      TELEPORT_CONFIG: 'e30=',
      TELEPORT_TOOLS_VERSION: '1.0.0',
      TELEPORT_TOOLS_DIR: folder.at('tools'),
      TELEPORT_LOGIN_BROWSER: 'evil',
      TSH_UNALIAS: '',
      TSH_ALIAS: 'x',
      KUBECONFIG: folder.at('theirs'),
      NODE_OPTIONS: `--require=${folder.at('missing.js')}`,
      ELECTRON_RUN_AS_NODE: '1',
      ELECTRON_NO_ATTACH_CONSOLE: '1',
      VSCODE_PID: '1',
      VSCODE_NLS_CONFIG: '{}',
      VSCODE_IPC_HOOK: '/tmp/x.sock',
    };
    // A process that is started without an explicit environment would inherit these variables.
    Object.assign(process.env, strayVariables);
    const previousFolder = process.cwd();
    process.chdir(folder.path);
    try {
      strayStarts = await runEveryMethod({ ...usualEnvironment, ...strayVariables });
    } finally {
      process.chdir(previousFolder);
      for (const name of Object.keys(strayVariables)) Reflect.deleteProperty(process.env, name);
    }
  });
  after(() => folder.close());

  /** Writes a program in place of tsh or tctl that notes each start and answers like the real program. */
  const writeRecorder = (name: string): Promise<string> =>
    folder.writeScript(
      name,
      `const fs = require('node:fs');`,
      `const argv = process.argv.slice(2);`,
      `const seen = { program: ${JSON.stringify(name)}, argv, env: process.env, cwd: process.cwd(), stdin: fs.readFileSync(0, 'utf8') };`,
      `fs.appendFileSync(${JSON.stringify(folder.at('starts'))}, JSON.stringify(seen) + '\\n');`,
      `const answers = ${JSON.stringify(answers)};`,
      `const call = Object.keys(answers).find((start) => argv.join(' ').startsWith(start));`,
      // A written role has a new revision.
      `const written = fs.readFileSync(${JSON.stringify(folder.at('starts'))}, 'utf8').includes('"create","-f"');`,
      `const answer = call === undefined ? '' : answers[call];`,
      `process.stdout.write(written ? answer.replace('"r1"', '"r2"') : answer);`,
    );

  /** Calls every method once. @returns the program starts that the calls led to */
  async function runEveryMethod(env: Readonly<Record<string, string>>): Promise<readonly Start[]> {
    await rm(folder.at('starts'), { force: true });
    logged = [];
    const client = testClient(
      { tsh: folder.at('tsh'), tctl: folder.at('tctl') },
      { env, log: (call) => logged.push(call) },
    );
    const clients: Clients = {
      tsh: new Tsh(client),
      tctl: new Tctl({ client, root: folder.at('root'), configuration: folder.at('missing') }),
      kube: new TshKube(client),
      resources: new ResourceSearch(client),
    };
    // All calls run at once, each on its own home. The home tells which method started the program.
    await Promise.all(
      calls.map(([name, call]) =>
        // `assume` fails after its last start, because the recorder's status never shows an assumed request.
        call(clients, new Home(folder.at(name, 'current'), folder.at('mainLogin'))).catch(() => undefined),
      ),
    );
    const lines = (await readFile(folder.at('starts'), 'utf8')).trim().split('\n');
    const starts = lines.map((line): Start => {
      const start = JSON.parse(line) as Omit<Start, 'by'>;
      // A file that is written for one call has a new name each time.
      const argv = start.argv.map((word) => word.replace(/^.*\/root\/.*$/, 'a private file'));
      return { ...start, argv, method: basename(dirname(start.env['TELEPORT_HOME'] ?? '')) };
    });
    return starts.sort((a, b) => a.method.localeCompare(b.method));
  }

  it('every method starts a program', () => {
    assert.deepEqual(new Set(cleanStarts.map(({ method }) => method)), new Set(calls.map(([name]) => name)));
    assert.deepEqual([...new Set(cleanStarts.map(({ program }) => program))].sort(), ['tctl', 'tsh']);
  });

  it('arguments and environment are the same, whatever VS Code was started with', () => {
    assert.deepEqual(strayStarts, cleanStarts);
  });

  it('TELEPORT_HOME and the rest of TELEPORT_ are ours', () => {
    for (const { method, env } of strayStarts) {
      assert.deepEqual(
        Object.fromEntries(Object.entries(env).filter(([name]) => /^(TELEPORT|TSH)_/.test(name))),
        {
          TELEPORT_HOME: folder.at(method, 'current'),
          TELEPORT_TOOLS_DIR: folder.at('mainLogin/bin'),
          TELEPORT_ADD_KEYS_TO_AGENT: 'no',
          TELEPORT_LOGIN_BROWSER: 'none',
          TSH_UNALIAS: unaliasedCommands,
        },
      );
      assert.deepEqual(
        Object.keys(env).filter((name) => /^(ELECTRON_|VSCODE_|NODE_)/.test(name)),
        [],
      );
    }
  });

  it('a KUBECONFIG reaches them only where it is ours', () => {
    const kubeconfigs = strayStarts.flatMap(({ method, env }) =>
      env['KUBECONFIG'] === undefined ? [] : [[method, env['KUBECONFIG']]],
    );
    assert.deepEqual(kubeconfigs, [['kube.login', folder.at('kube.login/kubeconfig')]]);
  });

  it('what is logged of them holds no word of others, also where it looks like one of a command', () => {
    assert.equal(logged.length, strayStarts.length);
    for (const { command } of logged) {
      assert.notEqual(command, '');
      assert.deepEqual(
        command.split(' ').filter((word) => foreignWords.includes(word)),
        [],
        command,
      );
    }
  });

  it('no alias can take the place of a word with which one of our calls begins', () => {
    const words = new Set(cleanStarts.flatMap(({ argv }) => argv.slice(0, 1)));
    words.add(String(signInArguments(profile())[0]));
    const unaliased = unaliasedCommands.split(',');
    for (const word of words) assert.ok(unaliased.includes(word), word);
  });

  it('they run in a folder that is not the workspace', async () => {
    const neutral = await realpath(neutralFolder());
    assert.equal(neutral, '/');
    for (const { argv, cwd } of [...cleanStarts, ...strayStarts]) assert.equal(cwd, neutral, argv.join(' '));
  });

  it('they have nothing to read: no question of theirs can wait for an answer', () => {
    for (const { argv, stdin } of cleanStarts) assert.equal(stdin, '', argv.join(' '));
  });
});
