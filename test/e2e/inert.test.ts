import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { objectIn, textsIn } from '../../src/demo/resource.ts';
import { readRole } from '../../src/demo/roles.ts';
import { changeState, putResource } from '../../src/demo/state.ts';
import { ask, clearNotifications, decide, item, openViews } from './course.ts';
import { picture } from './pictures.ts';
import { stage } from './stage.ts';

const esc = '\u001b';
const backwards = '\u202e';
const role = `[root](command:workbench.action.closeWindow)$(flame)${backwards}x`;
const reason = [
  `[approve](command:jitAccess.approve) $(flame) **bold** <b>b</b> ${esc}[31mred ${backwards}gnp.exe`,
  '# Heading',
  'Who: rita https://evil.test/ command:jitAccess.dropAccess',
].join('\n');

describe('What others wrote stays text', () => {
  const world = stage();
  let id = '';

  /** Nothing in this part of the page is a link or a picture that a text asked for, and nothing in it is invisible. */
  async function inert(part: Locator, what: string): Promise<string> {
    const text = (await part.allInnerTexts()).join('\n');
    const drawn = part.locator(
      'a[href], a[data-href], .monaco-link, .codicon-flame, .detected-link, .detected-link-active, strong, h1, b',
    );
    const found = await drawn.evaluateAll((nodes) =>
      nodes.map((node) => (node as { outerHTML: string }).outerHTML),
    );
    assert.deepEqual(found, [], `${what} draws something:\n${text}`);
    // eslint-disable-next-line no-control-regex -- the very characters that must not be there
    assert.doesNotMatch(text, /[\u001b\u202e]/, what);
    assert.doesNotMatch(text, /\]\(command:|\$\(flame\)/, what);
    return text;
  }

  before('a role is named like an attack, and asked for with another', async () => {
    changeState(world().demo.dir, (state) => {
      for (const { now } of [...state.roles]) {
        const side = now?.metadata.name === 'reviewer' ? 'review_requests' : 'request';
        if (!now || !['dev-team', 'reviewer'].includes(now.metadata.name)) continue;
        const allow = objectIn(now.spec, 'allow');
        const rule = objectIn(allow, side);
        const roles = [...textsIn(rule, 'roles'), role];
        const spec = { ...now.spec, allow: { ...allow, [side]: { ...rule, roles } } };
        putResource(state.roles, now.metadata.name, { ...now, spec });
      }
      const spec = { options: { max_session_ttl: '1h' } };
      const made = readRole({ version: 'v7', metadata: { name: role }, spec }, state.edition);
      putResource(state.roles, role, made);
    });
    const { window } = world().alice;
    await openViews(window);
    await window.runCommand('JIT Access: Request Access…');
    await window.input.step(/what/);
    await window.input.row('kube-admin').waitFor();
  });

  it('in the picks', async () => {
    const { window } = world().alice;
    const row = window.input.widget.locator('.monaco-list-row').filter({ hasText: 'root' });
    await inert(row, 'the list of roles');
    await picture(window, '50-inert-pick');
    await row.click();
    await window.input.step(/why/);
    await window.press('Escape');
    id = await ask(world(), { role, reason });
  });

  it('in the rows, what is read out, and the tooltip', async () => {
    const { window } = world().rita;
    await openViews(window);
    await window.runCommand('JIT Access: Refresh');
    const row = await window.view('To Review').row(/alice/).shown();
    const text = await inert(row.locator, 'the row');
    assert.match(text, /\\x1b/);
    await inert(window.view('To Review').pane.locator('.pane-body'), 'the view');
    assert.doesNotMatch(await row.label(), /\$\(flame\)|\]\(command:/);
    assert.equal((await window.view('To Review').rows()).length, 1);
    await row.hover();
    const tooltip = window.page
      .locator('.workbench-hover:not(.hidden)')
      .filter({ hasText: 'Asked by alice' });
    await tooltip.waitFor();
    assert.match(await inert(tooltip, 'the tooltip'), /# Heading Who: rita/);
    await picture(window, '51-inert-row');
  });

  it('in the question before a decision', async () => {
    const { window } = world().rita;
    await window.view('To Review').row(/alice/).button('Approve…');
    await window.input.pick('No reason');
    const shown = await window.modalText();
    await inert(window.page.locator('.monaco-dialog-box .dialog-message-container'), 'the question');
    assert.equal(shown.split('\n').filter((line) => line.startsWith('Who:')).length, 1);
    await picture(window, '52-inert-question');
    await window.pressModal('Open Request');
  });

  it('on the page, where every line of it is marked', async () => {
    const { window } = world().rita;
    const page = window.page.locator('.editor-instance .view-lines');
    await page.getByText('# Heading').waitFor();
    const text = (await inert(page, 'the page')).replaceAll('\u00a0', ' ');
    for (const start of ['# Heading', 'Who: rita']) {
      const line = text.split('\n').find((one) => one.includes(start)) ?? '';
      assert.match(line, /│/, line);
    }
    await picture(window, '53-inert-page');
  });

  it('in notifications, which hold the id in its place', async () => {
    const { window } = world().alice;
    await clearNotifications(window);
    await window.runCommand('JIT Access: Refresh');
    await window.view('My Access').row(/root/).shown();
    await decide(world(), id, 'approve', 'rita', reason);
    await window.runCommand('JIT Access: Refresh');
    await window
      .view('My Access')
      .row(/root.*ready/)
      .shown();
    await inert(window.view('My Access').pane.locator('.pane-body'), 'the view');
  });

  it('in the status bar, its tooltip, the terminal and what is said at the end', async () => {
    const { window } = world().alice;
    await window.view('My Access').row(/root/).button('Open Elevated Terminal');
    await window.statusSays(item, /root.* (\d+ min|1 h)/);
    await window.terminal.prompt();
    const bar = window.page.locator(`.statusbar-item[id$="${item}"]`);
    await inert(bar.locator('.codicon-flame'), 'the status bar');
    assert.equal(await bar.locator('.codicon').count(), 1);
    await window.runCommand('JIT Access: Show Actions');
    await window.input.row('Drop Access').waitFor();
    await inert(window.input.widget.locator('.monaco-list'), 'the actions');
    await picture(window, '54-inert-terminal');
    await window.input.pick('Drop Access');
    const said = await window.notification('given back');
    assert.ok((await said.text()).startsWith(`${id}: given back here`));
    await inert(said.locator.locator('.notification-list-item-message'), 'the message');
  });
});
