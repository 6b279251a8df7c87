import { createVSIX } from '@vscode/vsce';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildExtension, root } from './build.ts';
import { installExtension } from './hosts/installExtension.ts';
import { freshFolder, removeFolder } from './hosts/people.ts';

/** Returns the path of the package that `npm run package` writes. */
async function packageFile(): Promise<string> {
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  const { name, version } = JSON.parse(manifest) as Record<string, string>;
  return join(root, `${name}-${version}.vsix`);
}

/**
 * Packs the built files and the files that .vscodeignore allows. All code is bundled, so the package contains
 * no node_modules. The pictures of the README are left out: the extension page of VS Code shows pictures from
 * https only.
 */
export async function packExtension(packagePath: string): Promise<void> {
  const folder = await freshFolder();
  try {
    // vsce packs a copy of the shipped files. In this folder it would spend seconds on the VS Code builds of
    // the tests.
    await installExtension(folder);
    const [name = ''] = await readdir(folder);
    const cwd = join(folder, name);
    // The manifest names no repository, so vsce cannot rewrite the links of the README.
    const links = { allowMissingRepository: true, rewriteRelativeLinks: false };
    const ignoreFile = join(root, '.vscodeignore');
    await createVSIX({ cwd, packagePath, ignoreFile, dependencies: false, ...links });
  } finally {
    await removeFolder(folder);
  }
}

/** `npm run package`: builds the extension and writes the file for "Install from VSIX…" in VS Code. */
export async function main(): Promise<number> {
  await buildExtension();
  await packExtension(await packageFile());
  return 0;
}
