import { getL10nJson, type IScriptFile, type l10nJsonFormat } from '@vscode/l10n-dev';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './build.ts';

/** The file from which translators work: all texts of the code, in the format of VS Code's translations. */
export const bundleFile = join(root, 'l10n', 'bundle.l10n.json');

async function readSources(): Promise<IScriptFile[]> {
  const files: string[] = [];
  for await (const file of glob('src/**/*.ts', { cwd: root })) files.push(file);
  const read = async (file: string): Promise<IScriptFile> => ({
    extension: '.ts',
    contents: await readFile(join(root, file), 'utf8'),
  });
  return Promise.all(files.sort().map(read));
}

/**
 * Collects all texts that src passes to l10n.t. They are sorted, so that two exports differ only in changed
 * texts.
 */
export async function exportTexts(): Promise<l10nJsonFormat> {
  const texts = Object.entries(await getL10nJson(await readSources()));
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `npm run l10n`: exports the texts of the code. The texts of the manifest are in package.nls.json. */
export async function main(): Promise<number> {
  await writeFile(bundleFile, `${JSON.stringify(await exportTexts(), null, 2)}\n`);
  return 0;
}
