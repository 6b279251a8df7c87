import assert from 'node:assert/strict';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import type { Server } from '../../../scripts/hosts/server.ts';
import { waitLimit } from '../waitLimit.ts';
import { Input } from './input.ts';
import { TerminalLayout } from './layout.ts';
import { Notification } from './notification.ts';
import { Terminal } from './terminal.ts';
import { View, type ViewRow } from './view.ts';

/** The size of the window and of screenshots. It has room for a side bar, an editor and a panel. */
const viewport = { width: 1440, height: 900 };

/** Quotes a text for a CSS attribute selector. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * A window of VS Code in Chromium, used as a person uses it. Every action waits for the elements it needs;
 * none waits for a fixed time.
 */
export class Workbench {
  readonly page: Page;
  readonly server: Server;
  readonly input: Input;
  readonly terminal: Terminal;
  readonly terminalLayout: TerminalLayout;
  readonly #context: BrowserContext;

  constructor(context: BrowserContext, page: Page, server: Server) {
    this.#context = context;
    this.page = page;
    this.server = server;
    this.input = new Input(page);
    this.terminal = new Terminal(page);
    this.terminalLayout = new TerminalLayout(page);
  }

  /**
   * Waits until the window has loaded its extensions. A palette opened before does not list their commands.
   */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar-item').first().waitFor();
    await this.page.waitForFunction(`performance.getEntriesByName('code/didLoadExtensions').length > 0`);
  }

  /** Runs a command from the palette by its full title, including the category. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.input.type(`>${title}`);
    await this.input.focusedRow(title).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Shows a view container by its name in the activity bar. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page.locator(`.activitybar .action-item:has(> [aria-label^=${quoted(title)}])`);
    // A click on the visible container would hide it.
    if (await tab.and(this.page.locator('.checked')).count()) return;
    await tab.click();
  }

  view(name: string): View {
    return new View(this.page, name);
  }

  /** Returns the first row of the view My Access whose text matches. */
  accessRow(text: string | RegExp): ViewRow {
    return this.view('My Access').row(text);
  }

  /** Returns the first row of the view To Review whose text matches. */
  reviewRow(text: string | RegExp): ViewRow {
    return this.view('To Review').row(text);
  }

  /** Returns a status bar item by the end of its id, which is the id given to createStatusBarItem. */
  status(id: string): Locator {
    return this.page.locator(`.statusbar-item[id$=${quoted(id)}] .statusbar-item-label`);
  }

  /** Waits until the text of a status bar item matches and returns it without icons. */
  async waitForStatus(id: string, text: string | RegExp): Promise<string> {
    const item = this.status(id).filter({ hasText: text });
    await item.waitFor();
    return (await item.innerText()).trim();
  }

  /** Returns the notifications whose message contains `text`. */
  notifications(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
  }

  /** Waits for a notification whose message contains `text` and returns it. */
  async notification(text: string | RegExp): Promise<Notification> {
    return Notification.shown(this.notifications(text).first());
  }

  /** Waits for a modal dialog and returns its message and detail. */
  async modalText(saying: string | RegExp = ''): Promise<string> {
    const message = this.page.locator('.monaco-dialog-box .dialog-message-container');
    return message.filter({ hasText: saying }).innerText();
  }

  /** Returns how much of the modal dialog's text only scrolling would show, in px. */
  async modalHiddenHeight(): Promise<number> {
    const container = this.page.locator('.monaco-dialog-box .dialog-message-container');
    return container.evaluate((element: { scrollHeight: number; clientHeight: number }) =>
      Math.max(0, element.scrollHeight - element.clientHeight),
    );
  }

  /** Presses a button of the modal dialog and waits until the dialog is closed. */
  async pressModal(button: string): Promise<void> {
    await this.modalButton(button).click();
    await this.page.locator('.monaco-dialog-box').waitFor({ state: 'detached' });
  }

  /** Returns a button of the modal dialog by its whole name. */
  modalButton(name: string): Locator {
    return this.page.locator('.monaco-dialog-box').getByRole('button', { name, exact: true });
  }

  /** Returns the page inside the visible webview editor. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('#active-frame');
  }

  /** Returns the tab of an editor by its name. */
  editorTab(name: string | RegExp): Locator {
    return this.page.locator('.editor-group-container .tab').filter({ hasText: name });
  }

  /** Returns the name of the focused element for screen readers. */
  async focused(): Promise<string> {
    return this.page.evaluate(`(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      // Lists keep the focus and name their row.
      const row = element?.getAttribute('aria-activedescendant');
      if (row) element = document.getElementById(row) ?? element;
      return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    })()`);
  }

  /** Presses a key until the name of the focused element matches, as the user of a screen reader does. */
  async pressUntilFocused(key: string, name: RegExp): Promise<void> {
    for (let pressed = 0; pressed < 12; pressed++) {
      if (name.test(await this.focused())) return;
      await this.press(key);
    }
    assert.match(await this.focused(), name);
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Reloads the window, as Developer: Reload Window does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Closes the window as a person does. */
  async close(): Promise<void> {
    await this.#context.close();
  }
}

/** Opens a window of the server in a new browser context with its own storage and clipboard rights. */
export async function openWorkbench(
  browser: Browser,
  server: Server,
  payload?: readonly (readonly [string, string])[],
): Promise<Workbench> {
  const context = await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
  context.setDefaultTimeout(waitLimit);
  const page = await context.newPage();
  const workbench = new Workbench(context, page, server);
  await page.goto(server.url(payload));
  await workbench.ready();
  return workbench;
}
