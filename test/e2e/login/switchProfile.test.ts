import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { root } from '../../../scripts/build.ts';
import type { DemoTestCluster, TestPerson } from '../../../scripts/hosts/people.ts';
import { createCluster, signInUser } from '../../../demo/createCluster.ts';
import { addKnownCluster } from '../../../demo/server/knownClusters.ts';
import {
  createApprovedRequest,
  createRequest,
  clearNotifications,
  elevate,
  openViews,
  privateHomes,
  until,
} from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';

describe('Going on with another profile', () => {
  /** Creates another cluster and signs in to it in the same profile folder. */
  async function withSecondLogin(person: TestPerson, demo: DemoTestCluster): Promise<TestPerson> {
    const otherCluster = await createCluster(join(dirname(demo.dir), 'elsewhere'), {
      edition: 'enterprise',
      node: process.execPath,
      program: join(root, 'dist', 'demo.cjs'),
      cluster: 'other.example.test',
      proxy: 'other.example.test:443',
    });
    addKnownCluster(demo.dir, otherCluster.dir);
    await signInUser(otherCluster.dir, 'alice', person.env['TELEPORT_HOME']!);
    await signInUser(demo.dir, 'alice', person.env['TELEPORT_HOME']!);
    return person;
  }

  const fixture = useE2eFixture({ withoutReviewer: true, prepare: withSecondLogin });

  it('the profiles are listed; what is elevated goes on, and nothing else of the former cluster is shown', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await createRequest(fixture(), { role: 'prod-dba', reason: 'INC-1 of the former cluster' });
    await createApprovedRequest(fixture());
    await window.runCommand('JIT Access: Refresh');
    await window.accessRow(/prod-dba/).waitUntilShown();
    await elevate(window);
    await window.runCommand('JIT Access: Switch Profile…');
    await window.input.step('Switch Profile');
    assert.deepEqual(await window.input.labels(), [
      'alice at other.example.test',
      'Sign in to another cluster…',
    ]);
    await takeScreenshot(window, '88-switch-profile');
    await window.input.pick('alice at other.example.test');
    const notification = await window.notification('Now signed in as');
    assert.equal(
      await notification.text(),
      'Now signed in as alice at other.example.test. Elevated terminals of ent.example.test go on until they are given back.',
    );
    await window.accessRow(/prod-dba/).waitUntilGone();
    await window.accessRow(/kube-admin.*in use until/).waitUntilShown();
    await takeScreenshot(window, '89-switched');
  });

  it('back again, signing out leaves the other profile alone', async () => {
    const { window, person } = fixture().alice;
    await window.runCommand('JIT Access: Switch Profile…');
    await window.input.pick('alice at ent.example.test');
    await window.accessRow(/prod-dba/).waitUntilShown();
    await clearNotifications(window);
    await window.runCommand('JIT Access: Sign Out…');
    await window.pressModal('Sign Out');
    const out = await window.notification('Signed out of ent.example.test.');
    await until('no private home is left', () => privateHomes(person).length === 0);
    await out.press('Switch Profile…');
    await window.input.pick('alice at other.example.test');
    await window.notification('Now signed in as alice at other.example.test.');
    await takeScreenshot(window, '90-other-profile');
  });

  it('another cluster that does not answer leaves the person where they are', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await window.runCommand('JIT Access: Switch Profile…');
    await window.input.pick('Sign in to another cluster…');
    await window.input.step('1/2');
    await window.input.typeAndEnter('nowhere.example.test');
    await window.input.step('2/2');
    await window.input.typeAndEnter('alice');
    await window.terminal.shows('Not signed in. Press Enter to close.');
    await takeScreenshot(window, '91-nowhere');
    await window.terminal.screen.click();
    await window.page.keyboard.press('Enter');
    const notification = await window.notification('The profile was not switched');
    assert.equal(
      await notification.text(),
      'The profile was not switched; you are still alice at other.example.test.',
    );
  });
});
