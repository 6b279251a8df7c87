import type { Locator } from 'playwright-core';

/** A notification on the page. */
export class Notification {
  readonly locator: Locator;

  private constructor(locator: Locator) {
    this.locator = locator;
  }

  static async shown(locator: Locator): Promise<Notification> {
    await locator.waitFor();
    return new Notification(locator);
  }

  async text(): Promise<string> {
    return (await this.locator.locator('.notification-list-item-message').innerText()).trim();
  }

  async buttons(): Promise<readonly string[]> {
    return this.locator.locator('.notification-list-item-buttons-container .monaco-button').allInnerTexts();
  }

  async press(button: string): Promise<void> {
    await this.locator.getByRole('button', { name: button, exact: true }).click();
  }

  /** Clears the notification without pressing a button. */
  async clear(): Promise<void> {
    await this.locator.hover();
    await this.locator.locator('.codicon-notifications-clear').click();
  }

  async waitUntilGone(): Promise<void> {
    await this.locator.waitFor({ state: 'detached' });
  }
}
