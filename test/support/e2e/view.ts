import { errors, type Locator, type Page } from 'playwright-core';
import { waitLimit } from '../waitLimit.ts';

/** Returns the displayed label and description of each row, separated by a space. */
async function rowTexts(rows: Locator): Promise<readonly string[]> {
  const all = await rows.all();
  const parts = all.map((row) => row.locator('.monaco-icon-label-container > *').allTextContents());
  return (await Promise.all(parts)).map((row) => row.join(' ').replace(/\s+/g, ' ').trim());
}

/** A row of a tree view. */
export class ViewRow {
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

  /** Returns the displayed label and description. */
  async text(): Promise<string> {
    return (await rowTexts(this.locator)).join(' ');
  }

  /** Returns the text for screen readers. */
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
   * Presses a button that the row shows while the mouse is over it. Repeats the hover when the row was
   * redrawn or moved in between, because the row then has no buttons.
   */
  async button(label: string): Promise<void> {
    const button = this.locator.getByRole('button', { name: label, exact: true });
    const deadline = performance.now() + waitLimit;
    for (;;) {
      await this.hover();
      try {
        await button.click({ timeout: 5_000 });
        return;
      } catch (error) {
        if (!(error instanceof errors.TimeoutError) || performance.now() > deadline) throw error;
      }
    }
  }

  /**
   * Selects an item of the row's context menu with Enter, because a menu ignores clicks in its first 100 ms.
   */
  async menu(item: string): Promise<void> {
    await this.locator.click({ button: 'right' });
    await this.#page.locator('.monaco-menu').getByRole('menuitem', { name: item, exact: true }).hover();
    await this.#page.keyboard.press('Enter');
  }
}

/** A tree view, found by the name in its header. */
export class View {
  readonly #page: Page;
  readonly pane: Locator;

  constructor(page: Page, name: string) {
    this.#page = page;
    this.pane = page.locator('.pane').filter({ has: page.locator('.pane-header h3', { hasText: name }) });
  }

  /** Expands the view when it is collapsed. */
  async expand(): Promise<void> {
    const header = this.pane.locator('.pane-header');
    if ((await header.getAttribute('aria-expanded')) === 'false') await header.click();
  }

  /** Returns the texts of the rows that are displayed. */
  async rows(): Promise<readonly string[]> {
    return rowTexts(this.pane.locator('.monaco-list-row'));
  }

  /** Returns the first row whose text matches. */
  row(text: string | RegExp): ViewRow {
    return new ViewRow(this.#page, this.pane.locator('.monaco-list-row').filter({ hasText: text }).first());
  }

  /** Presses a button in the view's header. */
  async button(label: string): Promise<void> {
    await this.pane.locator('.pane-header').hover();
    await this.pane.locator('.pane-header').getByRole('button', { name: label, exact: true }).click();
  }

  /** The welcome content that an empty view shows. */
  get welcome(): Locator {
    return this.pane.locator('.welcome-view-content');
  }
}
