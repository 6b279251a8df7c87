import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { mainLoginFolder } from '../../../../src/teleport/home/home.ts';

describe('the folder of the main login', () => {
  it('is that of the setting, else of TELEPORT_HOME, else the usual one; a relative path is never used', () => {
    const usual = join(homedir(), '.tsh');
    assert.equal(mainLoginFolder('/mine', { TELEPORT_HOME: '/other' }), '/mine');
    for (const setting of ['', 'tsh', './tsh', '../tsh', '~/.tsh', '.']) {
      assert.equal(mainLoginFolder(setting, { TELEPORT_HOME: '/other' }), '/other', setting);
      assert.equal(mainLoginFolder('', { TELEPORT_HOME: setting }), usual, setting);
    }
  });
});
