import { createVSIX } from '@vscode/vsce';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildExtension, root } from './build.ts';
import { installExtension } from './hosts/install.ts';
import { freshFolder, removeFolder } from './hosts/people.ts';

/** The file that `npm run package` makes. */
async function packageFile(): Promise<string> {
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  const { name, version } = JSON.parse(manifest) as Record<string, string>;
  return join(root, `${name}-${version}.vsix`);
}

/**
 * Packs what is built and what .vscodeignore lets in. Everything that runs is bundled, so no package comes along.
 * The README's pictures stay out: VS Code's page of an extension draws pictures from https only.
 */
export async function packExtension(packagePath: string): Promise<void> {
  const folder = await freshFolder();
  try {
    // A copy of what ships: to look for it among the VS Codes that tests keep here takes vsce seconds.
    await installExtension(folder);
    const [name = ''] = await readdir(folder);
    const cwd = join(folder, name);
    // The package names no repository, so its README's links stay as they are.
    const links = { allowMissingRepository: true, rewriteRelativeLinks: false };
    const ignoreFile = join(root, '.vscodeignore');
    await createVSIX({ cwd, packagePath, ignoreFile, dependencies: false, ...links });
  } finally {
    await removeFolder(folder);
  }
}

/** `npm run package`: builds, and leaves what VS Code installs with "Install from VSIX…". */
export async function main(): Promise<number> {
  await buildExtension();
  await packExtension(await packageFile());
  return 0;
}
