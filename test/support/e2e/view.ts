import { errors, type Locator, type Page } from 'playwright-core';

/** How long a gesture waits for what it needs, as everywhere in Playwright, in ms. */
const defaultTimeout = 30_000;

/** Label and description of rows as drawn, a space between. */
async function rowTexts(rows: Locator): Promise<readonly string[]> {
  const all = await rows.all();
  const parts = all.map((row) => row.locator('.monaco-icon-label-container > *').allTextContents());
  return (await Promise.all(parts)).map((row) => row.join(' ').replace(/\s+/g, ' ').trim());
}

/** A row of a tree view. */
export class Row {
  readonly #page: Page;
  readonly locator: Locator;

  constructor(page: Page, locator: Locator) {
    this.#page = page;
    this.locator = locator;
  }

  async waitUntilShown(): Promise<this> {
    await this.locator.waitFor();
    return this;
  }

  async waitUntilGone(): Promise<void> {
    await this.locator.waitFor({ state: 'detached' });
  }

  /** Label and description as drawn. */
  async text(): Promise<string> {
    return (await rowTexts(this.locator)).join(' ');
  }

  /** What a screen reader says. */
  async label(): Promise<string> {
    return (await this.locator.getAttribute('aria-label')) ?? '';
  }

  async click(): Promise<void> {
    await this.locator.click();
  }

  async expand(): Promise<void> {
    if ((await this.locator.getAttribute('aria-expanded')) === 'false')
      await this.locator.locator('.monaco-tl-twistie').click();
  }

  async hover(): Promise<void> {
    await this.locator.hover();
  }

  /**
   * Presses a button that the row shows while the mouse is over it. A row drawn anew or elsewhere in between has lost
   * the mouse, and its buttons with it: then the mouse follows it.
   */
  async button(label: string): Promise<void> {
    const button = this.locator.getByRole('button', { name: label, exact: true });
    const deadline = performance.now() + defaultTimeout;
    for (;;) {
      await this.hover();
      try {
        await button.click({ timeout: defaultTimeout / 6 });
        return;
      } catch (error) {
        if (!(error instanceof errors.TimeoutError) || performance.now() > deadline) throw error;
      }
    }
  }

  /** Chooses from the row's context menu. A menu ignores clicks in its first 100 ms, but not Enter. */
  async menu(item: string): Promise<void> {
    await this.locator.click({ button: 'right' });
    await this.#page.locator('.monaco-menu').getByRole('menuitem', { name: item, exact: true }).hover();
    await this.#page.keyboard.press('Enter');
  }
}

/** A tree view by the name on its header. */
export class View {
  readonly #page: Page;
  readonly pane: Locator;

  constructor(page: Page, name: string) {
    this.#page = page;
    this.pane = page.locator('.pane').filter({ has: page.locator('.pane-header h3', { hasText: name }) });
  }

  /** Opens the section when it is folded. */
  async expand(): Promise<void> {
    const header = this.pane.locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  /** Texts of the rows that are drawn. */
  async rows(): Promise<readonly string[]> {
    return rowTexts(this.pane.locator('.monaco-list-row'));
  }

  /** The first row whose text matches. */
  row(text: string | RegExp): Row {
    return new Row(this.#page, this.pane.locator('.monaco-list-row').filter({ hasText: text }).first());
  }

  /** Presses a button of the header. */
  async button(label: string): Promise<void> {
    await this.pane.locator('.pane-header').hover();
    await this.pane.locator('.pane-header').getByRole('button', { name: label, exact: true }).click();
  }

  /** What an empty view says. */
  get welcome(): Locator {
    return this.pane.locator('.welcome-view-content');
  }
}
