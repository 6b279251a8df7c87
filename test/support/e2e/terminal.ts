import type { Locator, Page } from 'playwright-core';

/** The terminal panel. */
export class Terminal {
  readonly #page: Page;
  readonly screen: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.screen = page.locator('.terminal-wrapper.active .xterm');
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
}
