import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import type { Server } from '../../../scripts/hosts/server.ts';
import { Input } from './input.ts';
import { TerminalLayout } from './layout.ts';
import { Notification } from './notification.ts';
import { Terminal } from './terminal.ts';
import { View } from './view.ts';

/** A size that pictures are looked at in, and that shows a side bar, an editor and a panel. */
const viewport = { width: 1440, height: 900 };

/** A text as part of a CSS attribute selector. */
const quoted = (text: string): string => JSON.stringify(text);

/**
 * A window of VS Code in Chromium, driven as a person drives it. Every gesture waits for what it needs to be on
 * the page; none waits for time.
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

  /** Waits until the window knows its extensions: a palette opened before lists no command of theirs. */
  async ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .statusbar-item').first().waitFor();
    await this.page.waitForFunction(`performance.getEntriesByName('code/didLoadExtensions').length > 0`);
  }

  /** Runs a command from the palette by its whole title, category included. */
  async runCommand(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.input.type(`>${title}`);
    await this.input.focusedRow(title).waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Shows a view container by its name in the activity bar. */
  async openContainer(title: string): Promise<void> {
    const tab = this.page.locator(`.activitybar .action-item:has(> [aria-label^=${quoted(title)}])`);
    // A click on the one shown would hide it.
    if (await tab.and(this.page.locator('.checked')).count()) return;
    await tab.click();
  }

  view(name: string): View {
    return new View(this.page, name);
  }

  /** A status bar item by the end of its id, as given to createStatusBarItem. */
  status(id: string): Locator {
    return this.page.locator(`.statusbar-item[id$=${quoted(id)}] .statusbar-item-label`);
  }

  /** What the status bar says, without icons, once it matches. */
  async waitForStatus(id: string, text: string | RegExp): Promise<string> {
    const item = this.status(id).filter({ hasText: text });
    await item.waitFor();
    return (await item.innerText()).trim();
  }

  /** The notifications on the page whose message holds `text`. */
  notifications(text: string | RegExp): Locator {
    return this.page.locator('.notifications-toasts .notification-list-item').filter({ hasText: text });
  }

  /** The notification whose message holds `text`, once it is there. */
  async notification(text: string | RegExp): Promise<Notification> {
    return Notification.shown(this.notifications(text).first());
  }

  /** The modal dialog, once it is there: message and detail. */
  async modalText(saying: string | RegExp = ''): Promise<string> {
    const message = this.page.locator('.monaco-dialog-box .dialog-message-container');
    return message.filter({ hasText: saying }).innerText();
  }

  /** Presses a button of the modal dialog and waits until the dialog is gone. */
  async pressModal(button: string): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: button, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }

  /** The page inside the webview editor that is shown. */
  webview(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready:visible').frameLocator('#active-frame');
  }

  /** The tab of an editor by its name. */
  editorTab(name: string | RegExp): Locator {
    return this.page.locator('.editor-group-container .tab').filter({ hasText: name });
  }

  /** What the keyboard would act on, as a screen reader names it. */
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

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Loads the window again, as Developer: Reload Window does. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.ready();
  }

  /** Closes the window as a person does. */
  async close(): Promise<void> {
    await this.#context.close();
  }
}

/** Opens a window of the server in a browser of its own (own storage, own clipboard rights). */
export async function openWorkbench(
  browser: Browser,
  server: Server,
  payload?: readonly (readonly [string, string])[],
): Promise<Workbench> {
  const context = await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  const workbench = new Workbench(context, page, server);
  await page.goto(server.url(payload));
  await workbench.ready();
  return workbench;
}
