import assert from 'node:assert/strict';
import { execa } from 'execa';
import { dirname, join } from 'node:path';
import { createApprovedRequest, elevate, openViews, runAndRead } from '../../support/e2e/course.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';

describe('Kubernetes in an elevated terminal', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });

  it('just works there, as system:masters, and nowhere else', async () => {
    const { alice, demo } = fixture();
    const { window } = alice;
    await createApprovedRequest(fixture());
    await openViews(window);
    await window.runCommand('JIT Access: Refresh');
    await elevate(window);
    await runAndRead(window, 'kubectl config current-context', /ent\.example\.test-prod-eu/);
    await runAndRead(window, "kubectl auth can-i '*' '*'", /^yes$/m);
    await runAndRead(window, 'kubectl get pods -n payments', /Running/);
    await takeScreenshot(window, '62-kubectl');
    const kubectl = join(dirname(demo.tsh), 'kubectl');
    const env = { HOME: alice.person.env['HOME'] ?? '', PATH: process.env['PATH'] ?? '' };
    const outside = await execa(kubectl, ['get', 'pods'], { env, extendEnv: false, reject: false });
    assert.notEqual(outside.exitCode, 0, 'outside there is no way to the cluster');
  });
});

describe('Resources asked for by name', () => {
  const fixture = useE2eFixture({ withoutReviewer: true });

  it('are found, ticked and asked for; the request says which', async () => {
    const { window } = fixture().alice;
    await openViews(window);
    await window.runCommand('JIT Access: Request Access…');
    await window.input.step(/what/);
    await window.input.pick('Resources by name…');
    await window.input.pick('Servers');
    await window.input.showsMessage(/other resources are hidden/);
    await window.input.accept();
    await window.input.row('node-ent').waitFor();
    await takeScreenshot(window, '63-resources');
    await window.input.pick('node-ent');
    await window.input.accept();
    await window.input.step(/why/);
    await window.input.typeAndEnter('INC-4711 the disk of node-ent is full');
    await window.input.pick('1 h');
    await window.input.step(/who/);
    await window.input.accept();
    await window.input.step(/send/);
    await takeScreenshot(window, '64-resource-summary');
    await window.input.pick('Send Request');
    await window
      .view('My Access')
      .row(/0 of 1/)
      .waitUntilShown();
    await takeScreenshot(window, '65-resource-row');
  });
});
