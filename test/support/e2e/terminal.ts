import type { Locator, Page } from 'playwright-core';

/** The terminal panel, and a terminal in it or in the editor area. */
export class Terminal {
  readonly #page: Page;
  readonly screen: Locator;

  /** @param screen the terminal, by default the active one */
  constructor(page: Page, screen = '.terminal-wrapper.active .xterm') {
    this.#page = page;
    this.screen = page.locator(screen);
  }

  /** Returns the terminal tab whose name matches. */
  tab(name: string | RegExp): Locator {
    return this.#page.locator('.terminal-tabs-entry').filter({ hasText: name });
  }

  async tabs(): Promise<readonly string[]> {
    const names = await this.#page.locator('.terminal-tabs-entry').allInnerTexts();
    return names.map((name) => name.replace(/\s+/g, ' ').trim());
  }

  /** Returns the text in the active terminal, one line for each row. */
  async text(): Promise<string> {
    const rows = await this.screen.locator('.xterm-rows > div').allTextContents();
    return rows
      .map((row) => row.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Waits until the terminal whose name matches is the active one, so that what is typed goes there. */
  async waitUntilActive(name: string): Promise<void> {
    await this.#page.locator('.panel .monaco-list-row.selected').filter({ hasText: name }).waitFor();
  }

  /** Waits until the active terminal shows a line with the text. */
  async shows(text: string | RegExp): Promise<void> {
    await this.screen.locator('.xterm-rows > div').filter({ hasText: text }).first().waitFor();
  }

  /** Waits until the last line of the active terminal is a prompt. */
  async prompt(): Promise<void> {
    const written = this.screen.locator('.xterm-rows > div').filter({ hasText: /\S/ });
    await written
      .last()
      .filter({ hasText: /[$#%>]\s*$/ })
      .waitFor();
  }

  /** Waits for a prompt in the active terminal, then types a line. */
  async run(line: string): Promise<void> {
    await this.prompt();
    await this.screen.click();
    await this.#page.keyboard.type(line);
    await this.#page.keyboard.press('Enter');
  }

  /** Runs a line and waits for a line of output that matches. @returns the match */
  async read(line: string, printed: RegExp): Promise<string> {
    await this.run(line);
    await this.shows(printed);
    return printed.exec(await this.text())?.[0] ?? '';
  }
}
