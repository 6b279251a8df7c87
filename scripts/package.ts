import { createVSIX } from '@vscode/vsce';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildExtension, root } from './build.ts';

/** The file that `npm run package` makes. */
export async function packageFile(): Promise<string> {
  const { name, version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  return join(root, `${name}-${version}.vsix`);
}

/** Packs what is built and what .vscodeignore lets in. Everything that runs is bundled, so no package comes along. */
export async function pack(packagePath: string): Promise<void> {
  await createVSIX({
    cwd: root,
    packagePath,
    dependencies: false,
    // The package names no repository, so its README's links stay as they are.
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
}

/** `npm run package`: builds, and leaves what VS Code installs with "Install from VSIX…". */
export async function main(): Promise<number> {
  await buildExtension();
  await pack(await packageFile());
  return 0;
}
