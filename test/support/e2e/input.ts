import type { Locator, Page } from 'playwright-core';

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The quick input: palette, picks and input boxes, which are one widget. */
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

  /** The title of the dialogue, once it matches. */
  async title(like: RegExp): Promise<string> {
    const title = this.widget.locator('.quick-input-title').filter({ hasText: like });
    return (await title.innerText()).trim();
  }

  /** A row by its label as drawn, without its icon. */
  row(label: string): Locator {
    const name = this.#page.locator('.label-name', { hasText: new RegExp(`^\\s*${escaped(label)}\\s*$`) });
    return this.widget.locator('.monaco-list-row').filter({ has: name });
  }

  /** A row that Enter would take. */
  focusedRow(label: string): Locator {
    return this.row(label).and(this.#page.locator('.focused'));
  }

  /** Waits for words anywhere in it. */
  async shows(text: string | RegExp): Promise<void> {
    await this.widget.getByText(text).first().waitFor();
  }

  /** Labels of the rows that are drawn. */
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

  /** Clicks a row: takes it, or ticks it where many may be taken. */
  async pick(label: string): Promise<void> {
    await this.row(label).click();
  }

  /** Enter: takes the focused row, the ticked rows or the text. */
  async accept(): Promise<void> {
    await this.#box.press('Enter');
  }

  /** Types a text and takes it once the box has nothing against it. */
  async typeAndEnter(text: string): Promise<void> {
    await this.type(text);
    await this.widget.locator('.quick-input-box .monaco-inputbox:not(.error)').waitFor();
    await this.accept();
  }

  /** Waits until the box says this below its text: its prompt, or why the text will not do. */
  async showsMessage(message: string | RegExp): Promise<void> {
    await this.widget.locator('.quick-input-message').filter({ hasText: message }).waitFor();
  }

  /** Presses a button of the title, Back for one. */
  async button(label: string): Promise<void> {
    await this.widget.locator('.quick-input-titlebar').getByRole('button', { name: label }).click();
  }

  async waitUntilClosed(): Promise<void> {
    await this.widget.waitFor({ state: 'hidden' });
  }
}
