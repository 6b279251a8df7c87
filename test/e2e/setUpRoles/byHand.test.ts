import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestPerson } from '../../../scripts/hosts/people.ts';
import { takeScreenshot } from '../../support/e2e/pictures.ts';
import { useE2eFixture } from '../../support/e2e/useE2eFixture.ts';
import { beginWizard, enterUntil, tick, typeAndPick } from '../../support/e2e/wizard.ts';
import type { Workbench } from '../../support/e2e/workbench.ts';

/** Makes the folder of manifests a link to a folder outside the workspace. */
async function withLinkedFolder(person: TestPerson): Promise<TestPerson> {
  await mkdir(join(person.workspace, 'teleport'));
  await mkdir(join(person.folder, 'elsewhere'));
  await symlink(join(person.folder, 'elsewhere'), join(person.workspace, 'teleport', 'roles'));
  return person;
}

describe('Set Up Roles on Community, by somebody who may not read roles', () => {
  const fixture = useE2eFixture({ edition: 'community', withoutReviewer: true, prepare: withLinkedFolder });
  const alice = (): Workbench => fixture().alice.window;

  it('names are typed, and why is said; the edition is asked, since nothing shows it', async () => {
    await beginWizard(alice());
    await takeScreenshot(alice(), '220-wizard-typed');
    const hint = await alice().input.widget.locator('.quick-input-box input').getAttribute('placeholder');
    assert.match(hint ?? '', /You may not read roles \(rule "role": list, read\), so type the names/);
    await alice().page.keyboard.type('dev-team');
    await alice().input.row('dev-team').waitFor();
    await tick(alice(), 'dev-team');
    await enterUntil(alice(), 'for which role', 'how long', 'rules', 'edition');
    await takeScreenshot(alice(), '221-wizard-edition');
    // No edition is selected at first, so Enter alone chooses none.
    await enterUntil(alice(), 'edition');
    await typeAndPick(alice(), 'Community', 'Teleport Community');
    await alice().input.step(/who approves/);
  });

  it('who asks cannot approve, and what cannot be written is left to do by hand', async () => {
    await alice().input.focusedRow('access-approver').waitFor();
    for (const [name, why] of [
      ['dev-team', /they would approve their own requests/],
      ['editor', /whoever edits roles should not decide alone/],
      ['a/b', /begins with a letter or digit/],
    ] as const) {
      await alice().input.type(name);
      await alice().input.row(name).waitFor();
      assert.match(await alice().input.row(name).innerText(), why);
      await enterUntil(alice(), 'who approves');
    }
    await takeScreenshot(alice(), '221-wizard-refused');
    await alice().input.type('');
    await alice().input.focusedRow('access-approver').waitFor();
    await enterUntil(alice(), 'write');
    assert.match(
      await alice().input.row('Write Manifests').innerText(),
      /new: kube-admin, access-approver · by hand: dev-team/,
    );
    await takeScreenshot(alice(), '222-wizard-by-hand');
  });

  it('nothing is written through a link, and the answers are kept', async () => {
    await alice().press('Enter');
    const notification = await alice().notification('teleport/roles is a link to another place');
    assert.deepEqual(readdirSync(join(fixture().alice.person.folder, 'elsewhere')), []);
    await takeScreenshot(alice(), '223-wizard-link');
    await notification.press('Set Up Roles…');
    await alice().input.step(/write/);
    await alice().input.row('Edition').waitFor();
    await alice().press('Escape');
  });
});
