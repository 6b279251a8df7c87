import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The quick input widget, which shows the palette, picks and input boxes. */
export class Input {
  readonly #page: Page;
  readonly widget: Locator;
  readonly #box: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.widget = page.locator('.quick-input-widget:not(.quick-input-widget-closing)');
    this.#box = this.widget.locator('.quick-input-box input');
  }

  /** Waits for the step of a dialogue with this title. */
  async step(title: string | RegExp): Promise<void> {
    await this.widget.locator('.quick-input-title').filter({ hasText: title }).waitFor();
  }

  /** Waits for a title of the dialogue that matches and returns it. */
  async title(like: RegExp): Promise<string> {
    const title = this.widget.locator('.quick-input-title').filter({ hasText: like });
    return (await title.innerText()).trim();
  }

  /** Returns a row by its displayed label without icon. */
  row(label: string): Locator {
    const name = this.#page.locator('.label-name', { hasText: new RegExp(`^\\s*${escaped(label)}\\s*$`) });
    return this.widget.locator('.monaco-list-row').filter({ has: name });
  }

  /** Returns a row that has the focus, so that Enter accepts it. */
  focusedRow(label: string): Locator {
    return this.row(label).and(this.#page.locator('.focused'));
  }

  /** Waits for a text anywhere in the widget. */
  async shows(text: string | RegExp): Promise<void> {
    await this.widget.getByText(text).first().waitFor();
  }

  /** Returns the labels of the rows that are displayed. */
  async labels(): Promise<readonly string[]> {
    await this.widget.locator('.monaco-list-row').first().waitFor();
    const first = this.widget.locator('.monaco-list-row .quick-input-list-rows > :first-child .label-name');
    const labels = await first.allInnerTexts();
    return labels.map((label) => label.trim());
  }

  /** Replaces the text in the box. */
  async type(text: string): Promise<void> {
    await this.#box.fill(text);
  }

  async value(): Promise<string> {
    return this.#box.inputValue();
  }

  /** Clicks a row, which accepts it, or ticks it in a pick of several. */
  async pick(label: string): Promise<void> {
    // The tooltip of a row on which the mouse rests would cover the next row.
    await this.#page.mouse.move(0, 0);
    await this.row(label).click();
  }

  /**
   * Chooses the first row of a pick in which nothing is active: Enter takes nothing until an arrow key has
   * chosen.
   */
  async chooseFirst(): Promise<void> {
    const rows = this.widget.locator('.monaco-list-row');
    await rows.first().waitFor();
    assert.equal(await rows.and(this.#page.locator('.focused')).count(), 0, 'A row is active by itself.');
    await this.accept();
    await this.#box.press('ArrowDown');
    await rows.first().and(this.#page.locator('.focused')).waitFor();
    await this.accept();
  }

  /** Ticks a row in a pick of several, unless it is ticked already. */
  async tick(label: string): Promise<void> {
    const row = this.row(label);
    await row.waitFor();
    if ((await row.locator('.checked, input:checked').count()) === 0) await this.pick(label);
    await row.locator('.checked, input:checked').first().waitFor({ state: 'attached' });
  }

  /** Presses Enter, which accepts the focused row, the ticked rows or the text. */
  async accept(): Promise<void> {
    await this.#box.press('Enter');
  }

  /** Types a text and accepts it when the box shows no error. */
  async typeAndEnter(text: string): Promise<void> {
    await this.type(text);
    await this.widget.locator('.quick-input-box .monaco-inputbox:not(.error)').waitFor();
    await this.accept();
  }

  /** Waits for a message below the box: the prompt, or the reason why the text is not valid. */
  async showsMessage(message: string | RegExp): Promise<void> {
    await this.widget.locator('.quick-input-message').filter({ hasText: message }).waitFor();
  }

  /** Presses a button in the title bar, for example Back. */
  async button(label: string): Promise<void> {
    await this.widget.locator('.quick-input-titlebar').getByRole('button', { name: label }).click();
  }

  async waitUntilClosed(): Promise<void> {
    await this.widget.waitFor({ state: 'hidden' });
  }
}
