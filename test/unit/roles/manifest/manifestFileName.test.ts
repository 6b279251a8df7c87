import assert from 'node:assert/strict';
import fc from 'fast-check';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { fileNameFor } from '../../../../src/roles/manifest/manifestFileName.ts';
import { assertProperty } from '../../../support/property.ts';

const fileName = (role: string, ...taken: string[]): string => fileNameFor(untrusted(role), taken);

describe('the file of a new manifest', () => {
  it('bears the name of the role where that is a name for a file everywhere', () => {
    for (const role of ['kube-admin', 'dev_team', 'Team.7']) assert.equal(fileName(role), `${role}.yaml`);
  });

  it('is a safe one for names that mean something else to a system', () => {
    for (const role of [
      'a/b',
      '-rf',
      '@/etc/hostname',
      '..',
      '../../x',
      'CON',
      'nul',
      'com1.x',
      'a\\b',
      'ä',
      '',
    ])
      assert.match(fileName(role), /^[A-Za-z0-9][A-Za-z0-9._-]*-[0-9a-f]{8}\.yaml$/, role);
    assert.match(fileName('CON'), /^role-CON-/, 'a device on Windows, whatever the ending');
    assert.notEqual(fileName('a/b'), fileName('a:b'));
  });

  it('is short, also for a name of 300 characters', () => {
    assert.ok(fileName('x'.repeat(300)).length < 80);
    assert.notEqual(fileName('x'.repeat(300)), fileName('x'.repeat(301)));
  });

  it('is not one that is taken, also where upper and lower case are the same', () => {
    assert.match(fileName('kube-admin', 'Kube-Admin.YAML'), /^kube-admin-[0-9a-f]{8}\.yaml$/);
    const first = fileName('a/b');
    assert.notEqual(fileName('a/b', first).toLowerCase(), first.toLowerCase());
  });

  it('is never outside its folder, whatever the role is called', () => {
    const property = fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (role) => {
      const name = fileName(role);
      assert.match(name, /^[A-Za-z0-9_][A-Za-z0-9._-]{0,90}\.yaml$/);
      assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)\./i);
    });
    assertProperty(property, 2000);
  });
});
