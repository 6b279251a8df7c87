import { AxeBuilder } from '@axe-core/playwright';
import { join } from 'node:path';
import { root } from '../../../scripts/build.ts';
import type { Workbench } from './workbench.ts';

/** Saves a screenshot of the whole window in test-results/. @returns its path */
export async function takeScreenshot(workbench: Workbench, name: string): Promise<string> {
  const path = join(root, 'test-results', `${name}.png`);
  await workbench.page.screenshot({ path, animations: 'disabled', caret: 'initial' });
  return path;
}

/** A finding of the accessibility scan. */
export interface AccessibilityFinding {
  readonly rule: string;
  readonly impact: string;
  readonly nodes: readonly string[];
}

/**
 * Rules that VS Code's own elements break, which no extension can change: tree rows whose label contains more
 * than the visible text, frames without a title, tabs that are marked as expanded.
 */
const vscodeRules = ['label-content-name-mismatch', 'frame-title', 'aria-allowed-attr'];

/**
 * Returns the serious and critical findings in the parts of the page that `selectors` match. Other parts
 * belong to VS Code.
 */
export async function accessibilityFindings(
  workbench: Workbench,
  ...selectors: readonly string[]
): Promise<readonly AccessibilityFinding[]> {
  const scan = new AxeBuilder({ page: workbench.page }).disableRules(vscodeRules);
  for (const selector of selectors) scan.include(selector);
  const { violations } = await scan.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, impact, nodes }) => ({
      rule: id,
      impact: impact ?? '',
      nodes: nodes.map((node) => node.html),
    }));
}
