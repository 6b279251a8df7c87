import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/**
 * Saves a file in VS Code's own dialog and waits until `result` appears. Repeats its actions, because the
 * dialog ignores OK while it reads folders and may then replace the typed name by its own.
 */
export async function saveAs({ input }: Workbench, file: string, result: Locator): Promise<void> {
  const ok = input.widget.getByRole('button', { name: 'OK' });
  while ((await result.count()) === 0) {
    if (!(await ok.isVisible())) await result.waitFor();
    else if ((await input.value()) === file)
      // The dialog may have closed already after the previous click.
      await ok.click({ timeout: 1_000 }).catch(() => undefined);
    else await input.type(file);
  }
}

/** Waits until the file dialog is open and has listed its folder. */
export async function waitForSaveDialog({ input }: Workbench): Promise<void> {
  await input.widget.getByRole('button', { name: 'OK' }).waitFor();
  await input.labels();
}
