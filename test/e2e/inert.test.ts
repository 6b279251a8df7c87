import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { objectIn, textsIn } from '../../demo/resources/resource.ts';
import { readRoleManifest } from '../../demo/resources/roles.ts';
import { changeState, putResource } from '../../demo/server/serverState.ts';
import { createRequest, clearNotifications, decide, statusItemId, openViews } from '../support/e2e/course.ts';
import { takeScreenshot } from '../support/e2e/pictures.ts';
import { useE2eFixture } from '../support/e2e/useE2eFixture.ts';

const esc = '\u001b';
const backwards = '\u202e';
const role = `[root](command:workbench.action.closeWindow)$(flame)${backwards}x`;
const reason = [
  `[approve](command:jitAccess.approve) $(flame) **bold** <b>b</b> ${esc}[31mred ${backwards}gnp.exe`,
  '# Heading',
  'Who: rita https://evil.test/ command:jitAccess.dropAccess',
].join('\n');

/** Characters that control, hide or reverse text. The extension must draw none of them. */
// eslint-disable-next-line no-control-regex -- the test looks for these characters
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** Twenty attacks. */
const attackTexts: readonly string[] = [
  '[approve](command:jitAccess.approve)',
  '[x]( https://evil.test "title") https://evil.test/x http://evil.test',
  '<a href="command:jitAccess.dropAccess">x</a><img src=x onerror=alert(1)><b>b</b>',
  '![x](data:image/svg+xml;base64,PHN2Zy8+) `code` **bold** # Heading',
  '$(flame) $(sync~spin) \\$(flame) $$((flame))',
  '$\u200b(flame) [x]\u200b(command:y) com\u00admand:z',
  `${esc}[31mred ${esc}]8;;https://evil.test\u0007link${esc}]8;;\u0007 ${esc}]0;title\u0007`,
  '\u009b31mred \u009d0;title\u009c \u0085 \u0000 \u0008\u0008 \u007f',
  `${backwards}nimda \u202dx \u202bx\u202c`,
  '\u2066x\u2069 \u2067y\u2069 \u200ez\u200f \u061c',
  'x\nWho: “rita”\nApprovals so far: 2 of 2\nState: approved\n│ x',
  'x\rWho: rita\u000bWho: rita\u000cWho: rita\u2028Who: rita\u2029Who: rita\u0085',
  ` · 1 h · decide by 23:59${'\u00a0'.repeat(80)}approved by rita, <- ends first`,
  `a${'\u0301'.repeat(60)} ${'\u0489'.repeat(60)}`,
  `${'0123456789'.repeat(200)} ${'word '.repeat(300)}`,
  '\u0430dmin r\u03bf\u03bft \uff21dmin \u{1d41a}dmin',
  'ad\u200bmin\u2060\ufeff\u180e\u3164\uffa0\u2800\u034f\ufe00\u{e0041}\u{e0100}',
  'half \ud800 of \udfff it \ufdd0 \uffff \ue000',
  '{0} {1} {length} %s %d ${env:HOME} $& @file --reason=x =cmd|x',
  '“x” ”Your words: “no„ command:x vscode://a.b/c file:///etc/passwd javascript:alert(1)',
];

describe('What others wrote stays text', () => {
  const fixture = useE2eFixture();
  let id = '';

  /**
   * Asserts that a part of the page contains no link, picture or formatting that a text requests, and no
   * hidden character.
   * @returns the text of the part
   */
  async function assertInert(part: Locator, what: string): Promise<string> {
    const text = (await part.allInnerTexts()).join('\n');
    const drawn = part.locator(
      'a[href], a[data-href], .monaco-link, .codicon-flame, .detected-link, .detected-link-active, strong, h1, b',
    );
    const elements = await drawn.evaluateAll((nodes) =>
      nodes.map((node) => (node as { outerHTML: string }).outerHTML),
    );
    assert.deepEqual(elements, [], `${what} draws something:\n${text}`);
    assert.doesNotMatch(text, hidden, what);
    assert.doesNotMatch(text, /\]\(|\$\(|:\/\/|command:\S|\p{M}{6}|\p{Cs}/u, what);
    return text;
  }

  before('a role is named like an attack, and asked for with another', async () => {
    changeState(fixture().demo.dir, (state) => {
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
      const manifestRole = readRoleManifest({ version: 'v7', metadata: { name: role }, spec }, state);
      putResource(state.roles, role, manifestRole);
    });
    const { window } = fixture().alice;
    await openViews(window);
    await window.runCommand('JIT Access: Request Access…');
    await window.input.step(/what/);
    await window.input.row('kube-admin').waitFor();
  });

  it('in the picks', async () => {
    const { window } = fixture().alice;
    const row = window.input.widget.locator('.monaco-list-row').filter({ hasText: 'root' });
    await assertInert(row, 'the list of roles');
    await takeScreenshot(window, '50-inert-pick');
    await row.click();
    await window.input.step(/why/);
    await window.press('Escape');
    id = await createRequest(fixture(), { role, reason });
  });

  it('in the rows, what is read out, and the tooltip', async () => {
    const { window } = fixture().rita;
    await openViews(window);
    await window.runCommand('JIT Access: Refresh');
    const row = await window.reviewRow(/alice/).waitUntilShown();
    const text = await assertInert(row.locator, 'the row');
    assert.match(text, /\\x1b/);
    await assertInert(window.view('To Review').pane.locator('.pane-body'), 'the view');
    assert.doesNotMatch(await row.label(), /\$\(flame\)|\]\(command:/);
    assert.equal((await window.view('To Review').rows()).length, 1);
    await row.hover();
    const tooltip = window.page
      .locator('.workbench-hover:not(.hidden)')
      .filter({ hasText: 'Asked by alice' });
    await tooltip.waitFor();
    assert.match(await assertInert(tooltip, 'the tooltip'), /# Heading Who: rita/);
    await takeScreenshot(window, '51-inert-row');
  });

  it('in the question before a decision', async () => {
    const { window } = fixture().rita;
    await window.reviewRow(/alice/).button('Approve…');
    await window.input.pick('No reason');
    const shown = await window.modalText();
    await assertInert(window.page.locator('.monaco-dialog-box .dialog-message-container'), 'the question');
    assert.equal(shown.split('\n').filter((line) => line.startsWith('Who:')).length, 1);
    await takeScreenshot(window, '52-inert-question');
    await window.pressModal('Open Request');
  });

  it('on the page, where every line of it is marked', async () => {
    const { window } = fixture().rita;
    const page = window.page.locator('.editor-instance .view-lines');
    await page.getByText('# Heading').waitFor();
    const text = (await assertInert(page, 'the page')).replaceAll('\u00a0', ' ');
    for (const start of ['# Heading', 'Who: rita']) {
      const line = text.split('\n').find((each) => each.includes(start)) ?? '';
      assert.match(line, /│/, line);
    }
    await takeScreenshot(window, '53-inert-page');
  });

  it('in notifications, which hold the id in its place', async () => {
    const { window } = fixture().alice;
    await clearNotifications(window);
    await window.runCommand('JIT Access: Refresh');
    await window.accessRow(/root/).waitUntilShown();
    await decide(fixture(), id, 'approve', 'rita', reason);
    await window.runCommand('JIT Access: Refresh');
    await window.accessRow(/root.*ready/).waitUntilShown();
    await assertInert(window.view('My Access').pane.locator('.pane-body'), 'the view');
  });

  it('in the status bar, its tooltip, the terminal and what is said at the end', async () => {
    const { window } = fixture().alice;
    await window.accessRow(/root/).button('Open Elevated Terminal');
    await window.waitForStatus(statusItemId, /root.* (\d+ min|1 h)/);
    await window.terminal.prompt();
    const bar = window.page.locator(`.statusbar-item[id$="${statusItemId}"]`);
    await assertInert(bar.locator('.codicon-flame'), 'the status bar');
    assert.equal(await bar.locator('.codicon').count(), 1);
    await window.runCommand('JIT Access: Show Actions');
    await window.input.row('Drop Access').waitFor();
    await assertInert(window.input.widget.locator('.monaco-list'), 'the actions');
    await takeScreenshot(window, '54-inert-terminal');
    await window.input.pick('Drop Access');
    const notification = await window.notification('given back');
    assert.ok((await notification.text()).startsWith(`${id}: given back here`));
    await assertInert(notification.locator.locator('.notification-list-item-message'), 'the message');
  });

  describe('twenty of the worst, each as who, what and why', () => {
    const tag = (n: number): string => `w${String(n).padStart(2, '0')}`;
    /** Returns the labels that begin a line, sorted. A label occurs as often as it begins a line. */
    const lineLabels = (text: string, labels: RegExp): readonly string[] =>
      text
        .split('\n')
        .flatMap((line) => labels.exec(line)?.[0] ?? [])
        .sort();

    /** Replaces the requests that wait for rita. Each text is the user name, the role and the reason of one. */
    async function showRequests(texts: readonly string[]): Promise<readonly string[]> {
      const template = await createRequest(fixture(), { reason: 'a template' });
      const id = (index: number): string => `${template.slice(0, -2)}${String(index).padStart(2, '0')}`;
      changeState(fixture().demo.dir, (state) => {
        const each = state.requests.find(({ now }) => now?.id === template)?.now;
        assert.ok(each);
        state.requests = texts.map((text, index) => {
          const markedText = `${tag(index)} ${text}`;
          const parts = { user: markedText, roles: [markedText], reason: markedText };
          const now = { ...each, ...parts, id: id(index), roleThresholds: { [markedText]: [[0]] } };
          return { now, before: now, changed: 0 };
        });
      });
      const { window } = fixture().rita;
      const rows = window.view('To Review').pane.locator('.monaco-list-row');
      await window.runCommand('JIT Access: Refresh');
      // Earlier requests are deleted. Their rows are shown once more and then disappear.
      await rows.nth(texts.length - 1).waitFor();
      await rows.nth(texts.length).waitFor({ state: 'detached' });
      return texts.map((_, index) => id(index));
    }

    before('rita may review everything', async () => {
      changeState(fixture().demo.dir, (state) => {
        for (const { now } of [...state.roles]) {
          if (now?.metadata.name !== 'reviewer') continue;
          const allow = objectIn(now.spec, 'allow');
          const spec = { ...now.spec, allow: { ...allow, review_requests: { roles: ['*'] } } };
          putResource(state.roles, 'reviewer', { ...now, spec });
        }
      });
      const { window } = fixture().rita;
      await openViews(window);
      await clearNotifications(window);
      // Collapses My Access, so that VS Code draws every row of the other view.
      await window.view('My Access').pane.locator('.pane-header').click();
    });

    it('are twenty rows, each with a tooltip of as many lines as any, and twenty rows of the pick', async () => {
      const { window } = fixture().rita;
      await showRequests(attackTexts);
      const view = window.view('To Review');
      const rows = await view.rows();
      assert.equal(rows.length, attackTexts.length, rows.join('\n'));
      await assertInert(view.pane.locator('.pane-body'), 'the view');
      await takeScreenshot(window, '55-inert-twenty');
      for (const index of attackTexts.keys()) {
        const row = view.row(tag(index));
        assert.doesNotMatch(await row.label(), /\$\(|\]\(|:\/\/|[\u202a-\u202e\u2066-\u2069]/);
        await row.hover();
        const tooltip = window.page
          .locator('.workbench-hover:not(.hidden)')
          .filter({ hasText: `Asked by “${tag(index)}` });
        await tooltip.waitFor();
        const text = await assertInert(tooltip, `the tooltip of ${tag(index)}`);
        const labels = /^(Asked by|For|Reason:|Look at:|Decide by|Grant ends|0 of 1 approvals)/;
        assert.equal(lineLabels(text, labels).length, 7, text);
        assert.equal(text.trim().split('\n').length, 9, text);
      }
      await window.runCommand('JIT Access: Approve…');
      for (const index of attackTexts.keys()) {
        await window.input.type(tag(index));
        const row = window.input.widget.locator('.monaco-list-row').filter({ hasText: tag(index) });
        await assertInert(row.first(), 'the pick');
      }
      await window.press('Escape');
      await window.input.waitUntilClosed();
    });

    it('are nothing but text in the question and on the page', async () => {
      const { window } = fixture().rita;
      // The question has room for five short texts; a long one may fill it alone.
      const isShort = (text: string): boolean => text.length < 120;
      const short = attackTexts.filter(isShort);
      const groups = [0, 5, 10, 15].map((start) => short.slice(start, start + 5).join(' '));
      const texts = [...attackTexts.filter((text) => !isShort(text)), ...groups, ...short.slice(0, 2)];
      let wholes = 0;
      for (const [index, id] of (await showRequests(texts)).entries()) {
        await window.reviewRow(tag(index)).button('Approve…');
        await window.input.pick('No reason');
        const question = await window.modalText();
        await assertInert(
          window.page.locator('.monaco-dialog-box .dialog-message-container'),
          'the question',
        );
        const questionLabels =
          /^(Who|What|How long|Decide by|Look at|Approvals so far|Your words|Request|Why, in the words of the one who asks):/;
        const isShown = question.includes(tag(index));
        assert.equal(lineLabels(question, questionLabels).length, isShown ? 9 : 0, question);
        const approve = window.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Approve' });
        assert.equal(await approve.count(), isShown ? 1 : 0);
        wholes += isShown ? 1 : 0;
        await window.pressModal('Open Request');
        const page = window.page.locator('.editor-instance .view-lines');
        await page.getByText(`Access request ${id}`).waitFor();
        const shown = (await assertInert(page, 'the page')).replaceAll('\u00a0', ' ');
        const fields = lineLabels(shown, /^(State|Who|Roles|Why|Look at|How long):/);
        const all = ['How long:', 'Look at:', 'Roles:', 'State:', 'Who:', 'Why:'];
        // Not every line of the text of four kilobytes fits the window.
        assert.deepEqual(
          fields,
          (texts[index] ?? '').length > 1000 ? all.filter((each) => fields.includes(each)) : all,
        );
        assert.ok(fields.includes('Who:'), shown);
        for (const line of shown.split('\n').filter((each) => each.includes(tag(index))))
          assert.match(line, /│/);
      }
      assert.ok(wholes > 0 && wholes < texts.length, String(wholes));
    });
  });
});
