import { build, type BuildOptions, type Plugin } from 'esbuild';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * A dynamic `import('./x.ts')` in src stays a bundle of its own, loaded when it is reached:
 * so the entry stays small and execa is read at the first tsh call.
 */
const ownBundles: Plugin = {
  name: 'own-bundles',
  setup(plugins) {
    plugins.onResolve({ filter: /^\..*\.ts$/ }, (args) =>
      args.kind === 'dynamic-import'
        ? { path: `./${basename(args.path, '.ts')}.cjs`, external: true }
        : undefined,
    );
  },
};

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  external: ['vscode'],
  plugins: [ownBundles],
  logLevel: 'warning',
  legalComments: 'none',
};

/** What ships, and the bundles it is made of. */
export const shipped = {
  extension: 'src/extension.ts',
  process: 'src/teleport/process.ts',
  demo: 'src/demo/main.ts',
};

/** Builds what ships into dist/. Unminified: an auditor can read what runs. */
export async function buildExtension(): Promise<void> {
  await rm(join(root, 'dist'), { recursive: true, force: true });
  await build({ ...common, entryPoints: shipped, outdir: 'dist' });
}

/** Builds the suites that run inside an extension host into dist-test/. */
export async function buildHostTests(entryPoints: Record<string, string>): Promise<void> {
  const external = ['vscode', 'mocha'];
  await build({ ...common, entryPoints, outdir: 'dist-test', sourcemap: 'inline', external, plugins: [] });
}

export async function main(): Promise<number> {
  await buildExtension();
  return 0;
}
