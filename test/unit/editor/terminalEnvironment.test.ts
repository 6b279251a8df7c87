import assert from 'node:assert/strict';
import { variableNames, withoutOthers } from '../../../src/editor/terminals/terminalEnvironment.ts';

describe('the variables that VS Code gets for a terminal', () => {
  const ours = { PATH: '/usr/bin', TELEPORT_HOME: '/run/1/current' };

  it('are ours; every other one is removed', () => {
    assert.deepEqual(withoutOthers(ours, ['PATH', 'BASH_ENV', 'teleport_home'], 'linux'), {
      BASH_ENV: null,
      teleport_home: null,
      ...ours,
    });
  });

  it('lose none of ours on Windows to another spelling of its name', () => {
    assert.deepEqual(withoutOthers(ours, ['Path', 'Teleport_Home', 'Node_Options'], 'win32'), {
      Node_Options: null,
      ...ours,
    });
  });

  it('are removed too where the user sets them in terminals, so that a remote window has what a local one has', () => {
    const settings = [
      { HTTPS_PROXY: 'http://proxy', TELEPORT_PROXY: 'x' },
      { HTTPS_PROXY: 'y' },
      undefined,
      'odd',
    ];
    const names = variableNames(settings);
    assert.deepEqual(names, ['HTTPS_PROXY', 'TELEPORT_PROXY']);
    assert.equal(withoutOthers(ours, names, 'linux')['HTTPS_PROXY'], null);
  });
});
