import { AxeBuilder } from '@axe-core/playwright';
import { join } from 'node:path';
import { root } from '../../../scripts/build.ts';
import type { Workbench } from './workbench.ts';

/** A picture of the whole window in test-results/. */
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
 * What VS Code itself draws around rows, terminals and editors, and no extension can change: labels of tree rows that
 * hold more than their words, untitled frames, tabs that say they are expanded.
 */
const vscodeRules = ['label-content-name-mismatch', 'frame-title', 'aria-allowed-attr'];

/** Serious and critical findings within the parts of the page that `selectors` name; the rest is not ours. */
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
