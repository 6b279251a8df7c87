import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './build.ts';
import { launchChromium } from './hosts/chromium.ts';

/** `npm run icon`: renders media/icon.svg as PNG, because the icon in the manifest may not be an SVG. */
export async function main(): Promise<number> {
  const svg = await readFile(join(root, 'media', 'icon.svg'), 'utf8');
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 128, height: 128 } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
    await page.screenshot({ path: join(root, 'media', 'icon.png'), omitBackground: true });
  } finally {
    await browser.close();
  }
  return 0;
}
