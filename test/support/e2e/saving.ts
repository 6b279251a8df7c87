import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/**
 * Saves as a file in VS Code's own dialog, once that is there, and waits for what follows. The dialog passes over OK
 * while it looks into folders, and may then put its own name over what was typed.
 */
export async function saveAs({ input }: Workbench, file: string, result: Locator): Promise<void> {
  const ok = input.widget.getByRole('button', { name: 'OK' });
  while ((await result.count()) === 0) {
    if (!(await ok.isVisible())) await result.waitFor();
    else if ((await input.value()) === file)
      // It may be gone by then: the click before was heard.
      await ok.click({ timeout: 1_000 }).catch(() => undefined);
    else await input.type(file);
  }
}

/** Waits until the dialog that asks for a file is there and has looked around. */
export async function waitForSaveDialog({ input }: Workbench): Promise<void> {
  await input.widget.getByRole('button', { name: 'OK' }).waitFor();
  await input.labels();
}
