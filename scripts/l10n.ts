import { getL10nJson, type IScriptFile, type l10nJsonFormat } from '@vscode/l10n-dev';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './build.ts';

/** What translators work from: every text of the code, as VS Code reads its translations. */
export const bundleFile = join(root, 'l10n', 'bundle.l10n.json');

async function sources(): Promise<IScriptFile[]> {
  const files: string[] = [];
  for await (const file of glob('src/**/*.ts', { cwd: root })) files.push(file);
  const read = async (file: string): Promise<IScriptFile> => ({
    extension: '.ts',
    contents: await readFile(join(root, file), 'utf8'),
  });
  return Promise.all(files.sort().map(read));
}

/** Every text that src says through l10n.t, sorted, so that an export differs only where the words do. */
export async function exportTexts(): Promise<l10nJsonFormat> {
  const found = Object.entries(await getL10nJson(await sources()));
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** `npm run l10n`: exports the texts of the code. Those of the manifest are in package.nls.json already. */
export async function main(): Promise<number> {
  await writeFile(bundleFile, `${JSON.stringify(await exportTexts(), null, 2)}\n`);
  return 0;
}
