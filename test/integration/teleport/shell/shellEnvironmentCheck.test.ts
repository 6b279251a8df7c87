import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../../src/teleport/process/runProcess.ts';
import { isRunning } from '../../../../src/teleport/process/processId.ts';
import {
  ShellEnvironmentCheck,
  type ShellVerdict,
} from '../../../../src/teleport/shell/shellEnvironmentCheck.ts';
import { probeArguments, readShell } from '../../../../src/teleport/shell/shellProbe.ts';
import { restoreVariablesLine } from '../../../../src/teleport/shell/shellDialects.ts';
import { elevatedSettings, shellEnvironment } from '../../../../src/teleport/environment/environment.ts';
import { until, useTemporaryFolder } from '../../../support/temporaryFolder.ts';

const bash = '/bin/bash';
const others = [
  ['zsh', '/usr/bin/zsh', '.zshrc', 'export TELEPORT_HOME=/mine'],
  ['fish', '/usr/bin/fish', '.config/fish/config.fish', 'set -gx TELEPORT_HOME /mine'],
] as const;

describe('the start-up files of the person’s shell', () => {
  const folder = useTemporaryFolder();
  let check: ShellEnvironmentCheck;
  let starts: number;
  beforeEach(async () => {
    await mkdir(folder.at('home'));
    starts = 0;
    check = new ShellEnvironmentCheck({
      root: folder.at('run'),
      loadRun: () =>
        Promise.resolve((...args: Parameters<typeof run>) => {
          starts += 1;
          return run(...args);
        }),
    });
  });

  const verdict = async (path = bash, args: readonly string[] = []): Promise<ShellVerdict> => {
    const example = await shellEnvironment(
      { HOME: folder.at('home'), PATH: '/usr/bin:/bin', JIT_ACCESS_HOME: '/stray' },
      { folder: '/', kubeconfig: '/', tsh: '/opt/tsh', workspace: [] },
    );
    return check.verdict({
      path,
      args,
      environment: (home) => ({
        ...example,
        ...elevatedSettings(join(home, 'current'), join(home, 'kubeconfig')),
      }),
      workspace: [folder.at('ws')],
    });
  };
  const writeStartUpFile = async (text: string, name = '.bashrc'): Promise<void> => {
    await mkdir(join(folder.at('home', name), '..'), { recursive: true });
    await writeFile(folder.at('home', name), `${text}\n`);
  };
  const replacedVerdict = (file: string | undefined, ...variables: string[]): ShellVerdict => ({
    kind: 'replaced',
    shell: 'bash',
    variables,
    file,
  });
  const nothingIsLeft = (): void => assert.deepEqual(readdirSync(folder.at('run')), []);

  it('that leave the two variables alone change nothing, and nothing of the look is left', async () => {
    await writeStartUpFile('export EDITOR=vi; alias printf=false; printf() { :; }; set -u');
    assert.deepEqual(await verdict(), { kind: 'kept' });
    nothingIsLeft();
  });

  it('that replace a variable are found out, with the file that does it', async () => {
    await writeStartUpFile('# KUBECONFIG=/not/this\nexport KUBECONFIG=$HOME/.kube/config');
    assert.deepEqual(await verdict(), replacedVerdict('~/.bashrc', 'KUBECONFIG'));
    nothingIsLeft();
  });

  it('that change anything else that we set or removed are found out too: a proxy, a token, the agent', async () => {
    for (const [line, name] of [
      ['export TELEPORT_PROXY=evil.test', 'TELEPORT_PROXY'],
      ['export TELEPORT_USER=root', 'TELEPORT_USER'],
      ['export TSH_ALIAS=x', 'TSH_ALIAS'],
      ['export KUBE_TOKEN=x', 'KUBE_TOKEN'],
      ['export TELEPORT_ADD_KEYS_TO_AGENT=yes', 'TELEPORT_ADD_KEYS_TO_AGENT'],
    ] as const) {
      await writeStartUpFile(line);
      assert.deepEqual(await verdict(), replacedVerdict('~/.bashrc', name), line);
    }
    await writeStartUpFile('unset JIT_ACCESS_HOME');
    assert.deepEqual(await verdict(), replacedVerdict(undefined, 'JIT_ACCESS_HOME'));
    await writeStartUpFile(
      'export NODE_OPTIONS=--no-warnings HTTPS_PROXY=http://p PROMPT_COMMAND=true; TELEPORT_X=1',
    );
    assert.deepEqual(
      await verdict(),
      { kind: 'kept' },
      'the own settings of the person, and what is not passed on',
    );
  });

  it('that put a folder of the workspace, or one without a full path, into PATH are found out too', async () => {
    await mkdir(folder.at('ws', 'bin'), { recursive: true });
    await mkdir(folder.at('tools'));
    await symlink(folder.at('ws', 'bin'), folder.at('link'));
    for (const entry of [folder.at('ws', 'bin'), folder.at('link'), 'node_modules/.bin', '.', '']) {
      await writeStartUpFile(`export PATH="${entry}:$PATH"`);
      assert.deepEqual(await verdict(), replacedVerdict(undefined, 'PATH'), entry);
    }
    await writeStartUpFile(`export PATH="${folder.at('tools')}:$PATH:/opt/mine"`);
    assert.deepEqual(await verdict(), { kind: 'kept' });
  });

  it('that take a variable away are found out too', async () => {
    await writeStartUpFile('unset TELEPORT_HOME KUBECONFIG');
    assert.deepEqual(await verdict(), replacedVerdict('~/.bashrc', 'TELEPORT_HOME', 'KUBECONFIG'));
  });

  it('that replace it in a file of their own are found out, though not which', async () => {
    await writeFile(folder.at('mine'), 'export TELEPORT_HOME=/mine\n');
    await writeStartUpFile(`. ${folder.at('mine')}`);
    assert.deepEqual(await verdict(), replacedVerdict(undefined, 'TELEPORT_HOME'));
  });

  it('with the proposed line at their end keep the variables, and do nothing in another terminal', async () => {
    await writeStartUpFile(
      `set -eu\nexport TELEPORT_HOME=/mine KUBECONFIG=/mine\n${restoreVariablesLine('bash')}`,
    );
    assert.deepEqual(await verdict(), { kind: 'kept' });
    const env = { HOME: folder.at('home'), PATH: '/usr/bin:/bin' };
    const plain = await run(bash, ['-i', '-c', 'echo "$? $TELEPORT_HOME"'], {
      env,
      cwd: folder.path,
      timeout: 5_000,
      ownSession: true,
    });
    assert.ok(plain.kind === 'exited');
    assert.equal(plain.stdout, '0 /mine\n');
  });

  it('that print whatever they like, our own question included, do not mislead', async () => {
    await writeStartUpFile(
      [
        'echo hello; printf "\\0\\377\\0"; echo "$BASH_EXECUTION_STRING"; set -x',
        'mark=${BASH_EXECUTION_STRING##* }; printf "%s\\0%s\\0%s\\0%s\\0%s" $mark /a /b "" $mark',
        'trap \'echo "$BASH_EXECUTION_STRING"\' EXIT',
        'export TELEPORT_HOME=/mine',
      ].join('\n'),
    );
    assert.deepEqual(await verdict(), replacedVerdict('~/.bashrc', 'TELEPORT_HOME'));
  });

  it('that never end are ended, with what they started; it is not checked then', async () => {
    await writeStartUpFile(`sleep 60 & echo $! > ${folder.at('child')}; sleep 61`);
    assert.deepEqual(await verdict(), { kind: 'notChecked', why: 'slow' });
    const pid = Number(await readFile(folder.at('child'), 'utf8'));
    await until(async () => !(await isRunning({ pid, stamp: '' })));
    nothingIsLeft();
  });

  it('that leave the shell, or become another, leave it unchecked', async () => {
    for (const text of ['exit 3', 'exec /bin/true', 'exec /nowhere/at/all', 'kill -9 $$']) {
      await writeStartUpFile(text);
      assert.deepEqual(await verdict(), { kind: 'notChecked', why: 'silent' }, text);
    }
    nothingIsLeft();
  });

  it('see no real home: what tsh or kubectl in them writes is gone with the look', async () => {
    await writeStartUpFile(
      `echo "$TELEPORT_HOME" > ${folder.at('seen')}; touch "$TELEPORT_HOME/key" "$KUBECONFIG"`,
    );
    assert.deepEqual(await verdict(), { kind: 'kept' });
    const seen = (await readFile(folder.at('seen'), 'utf8')).trim();
    assert.match(seen, /\/run\/[0-9a-f]{32}\/current$/);
    assert.equal(existsSync(seen), false);
  });

  it('get nothing to read: one that asks goes on at once', async () => {
    await writeStartUpFile('read -r answer');
    assert.deepEqual(await verdict(), { kind: 'kept' });
  });

  it('are read once, until one of them changes', async () => {
    await writeStartUpFile('export TELEPORT_HOME=/mine');
    for (let attempt = 0; attempt < 3; attempt++) await verdict();
    await Promise.all([verdict(), verdict()]);
    assert.equal(starts, 1);
    await appendFile(folder.at('home', '.bashrc'), `${restoreVariablesLine('bash')}\n`);
    assert.deepEqual(await verdict(), { kind: 'kept' });
    check.forget();
    await verdict();
    assert.equal(starts, 3);
  });

  it('of a shell we do not know, or one with a command of its own, are not looked at', async () => {
    for (const [path, args] of [
      ['/bin/dash', []],
      ['/usr/bin/nu', []],
      ['C:\\Windows\\powershell.exe', []],
      [bash, ['-c', 'true']],
    ] as const)
      assert.deepEqual(await verdict(path, args), { kind: 'notChecked', why: 'unknown' }, path);
    assert.equal(starts, 0);
  });

  it('of a shell that cannot be started, or without a place for the look, stop nothing', async () => {
    await mkdir(folder.at('bin'));
    const missingShell = folder.at('bin', 'bash');
    assert.deepEqual(await verdict(missingShell), { kind: 'notChecked', why: 'silent' });
    await writeFile(folder.at('file'), '');
    const checkWithoutFolder = new ShellEnvironmentCheck({
      root: folder.at('file'),
      loadRun: () => Promise.resolve(run),
    });
    const question = { path: bash, args: [], environment: () => ({ HOME: folder.path }), workspace: [] };
    assert.deepEqual(await checkWithoutFolder.verdict(question), { kind: 'notChecked', why: 'silent' });
  });

  for (const [name, path, file, text] of others) {
    it(`of ${name}, where it is installed, are read as well`, async function () {
      if (!existsSync(path)) this.skip();
      assert.deepEqual(await verdict(path), { kind: 'kept' });
      await writeStartUpFile(text, file);
      const found = await verdict(path);
      assert.deepEqual(found, {
        kind: 'replaced',
        shell: name,
        variables: ['TELEPORT_HOME'],
        file: `~/${file}`,
      });
      await writeStartUpFile(`${text}\n${restoreVariablesLine(name)}`, file);
      assert.deepEqual(await verdict(path), { kind: 'kept' });
    });
  }

  it('of zsh in a folder of their own are named by its variable', async function () {
    if (!existsSync('/usr/bin/zsh')) this.skip();
    await writeStartUpFile('ZDOTDIR=$HOME/.zsh', '.zshenv');
    await writeStartUpFile('export KUBECONFIG=/mine', '.zsh/.zshrc');
    const found = await verdict('/usr/bin/zsh');
    assert.ok(found.kind === 'replaced');
    assert.equal(found.file, '$ZDOTDIR/.zshrc');
  });
});

describe('what a shell printed', () => {
  const mark = 'f00d';
  const answer = (...values: string[]): string => [mark, ...values, mark].join('\0');

  it('is read between the marks, whatever stands around them, with the names of the other variables', () => {
    const values = answer('/a', '/b\nc', '/h', 'no', '/bin', '/z', 'PATH\nTELEPORT_PROXY KUBECONFIG');
    assert.deepEqual(readShell(`motd\n${values}bye ${mark}`, mark), {
      TELEPORT_HOME: '/a',
      KUBECONFIG: '/b\nc',
      JIT_ACCESS_HOME: '/h',
      TELEPORT_ADD_KEYS_TO_AGENT: 'no',
      PATH: '/bin',
      ZDOTDIR: '/z',
      TELEPORT_PROXY: '',
    });
  });

  it('is no answer where the marks or a value are missing', () => {
    for (const text of [
      '',
      mark,
      `${mark}\0`,
      `\0${mark}`,
      answer('/a'),
      answer('/a', '/b'),
      answer('1', '2', '3', '4', '5', '6'),
      answer('1', '2', '3', '4', '5', '6', '7', '8'),
    ])
      assert.equal(readShell(text, mark), undefined, JSON.stringify(text));
  });

  it('is never the question itself', () => {
    for (const shell of ['bash', 'zsh', 'fish'] as const) {
      const question = probeArguments(shell, [], mark).join(' ');
      assert.equal(readShell(`${question}\n${question}`, mark), undefined);
    }
  });
});
