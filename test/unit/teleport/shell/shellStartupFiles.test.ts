import assert from 'node:assert/strict';
import { setsVariable, startUpFiles } from '../../../../src/teleport/shell/shellStartupFiles.ts';
import {
  dialectOf,
  exportLines,
  restoreVariablesLine,
  knownShell,
} from '../../../../src/teleport/shell/shellDialects.ts';

describe('start-up files', () => {
  const labels = (...args: Parameters<typeof startUpFiles>): string[] =>
    startUpFiles(...args).map(({ label }) => label);

  it('are named in words of ours, not by what is in the environment', () => {
    const env = { HOME: '/home/[x](command:y)', XDG_CONFIG_HOME: '/[z](command:y)' };
    for (const shell of ['bash', 'zsh', 'fish'] as const)
      for (const label of labels(shell, env, '/[q](command:y)')) assert.match(label, /^[~/$][\w./~-]+$/);
  });

  it('come in the order in which a shell reads them, so that the last one that sets a variable wins', () => {
    assert.equal(labels('bash', { HOME: '/h' }).at(-1), '~/.bashrc');
    assert.ok(
      labels('zsh', { HOME: '/h' }).indexOf('~/.zshenv') < labels('zsh', { HOME: '/h' }).indexOf('~/.zshrc'),
    );
    assert.equal(labels('zsh', { HOME: '/h' }, '/z').at(-2), '$ZDOTDIR/.zlogin'.replace('zlogin', 'zshrc'));
    assert.equal(labels('fish', { HOME: '/h' }).at(-1), '~/.config/fish/config.fish');
    assert.equal(
      labels('fish', { HOME: '/h', XDG_CONFIG_HOME: '/x' }).at(-1),
      '$XDG_CONFIG_HOME/fish/config.fish',
    );
  });

  it('set a variable in many ways', () => {
    for (const line of [
      'KUBECONFIG=/x',
      '  export KUBECONFIG=/x',
      'export A=1 KUBECONFIG="$HOME/x"',
      'declare -x KUBECONFIG=/x',
      'test -f /x && export KUBECONFIG=/x',
      '[ -f /x ] && { KUBECONFIG=/x; }',
      'KUBECONFIG+=:/x',
      'unset KUBECONFIG',
      'set -gx KUBECONFIG /x',
      'set -e KUBECONFIG',
      'SETUVAR --export KUBECONFIG:/x',
      'if true; set -gx KUBECONFIG /x; end',
    ])
      assert.ok(setsVariable(`first\n${line}\nlast`, 'KUBECONFIG'), line);
  });

  it('do not set it where they only speak of it, use it, or keep ours', () => {
    for (const line of [
      '# export KUBECONFIG=/x',
      'echo "$KUBECONFIG"',
      'MY_KUBECONFIG=/x',
      'set -gx KUBECONFIG_OLD /x',
      'export PATH=$KUBECONFIG:$PATH',
      restoreVariablesLine('bash'),
      restoreVariablesLine('fish'),
    ])
      assert.equal(setsVariable(line, 'KUBECONFIG'), false, line);
  });
});

describe('shells', () => {
  it('are known by their names', () => {
    assert.deepEqual(
      ['/bin/bash', '/usr/local/bin/fish', '/bin/zsh', '/bin/sh', '/x/bash-5'].map(knownShell),
      ['bash', 'fish', 'zsh', undefined, undefined],
    );
    assert.deepEqual(
      ['/bin/zsh', '/bin/fish', 'C:\\W\\powershell.exe', '/opt/pwsh', '/bin/nu'].map(dialectOf),
      ['posix', 'fish', 'powershell', 'powershell', 'posix'],
    );
  });

  it('take a text as it is, whatever is in it', () => {
    const lines = (dialect: Parameters<typeof exportLines>[1], value: string): string =>
      exportLines({ A: value }, dialect);
    assert.equal(lines('posix', "/a b/$(id)`'\\"), "export A='/a b/$(id)`'\\''\\'\n");
    assert.equal(lines('fish', "/a $x'\\"), "set -gx A '/a $x\\'\\\\'\n");
    assert.equal(lines('powershell', "C:\\it's\u2019"), "$env:A = 'C:\\it''s\u2019\u2019'\n");
  });
});
