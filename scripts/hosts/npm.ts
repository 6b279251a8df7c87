import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** One exact version of an npm package, with the digest it must have where there is one for all platforms. */
export interface PackageVersion {
  readonly name: string;
  readonly version: string;
  readonly sha512?: string;
}

/**
 * An outer npm hands its settings down as npm_* variables, `local_prefix` and the like among them. An npm that
 * works in another folder takes only what says how to reach a registry.
 */
const inherited =
  /^npm_config_(registry|cafile|ca|proxy|https_proxy|noproxy|userconfig|globalconfig|cache)$/i;

function npmEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([name]) => !/^npm_/i.test(name) || inherited.test(name)));
}

async function npm(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execa('npm', [...args, '--loglevel=error'], {
    cwd: folder,
    env: npmEnvironment(),
    extendEnv: false,
  });
  return stdout;
}

/** Unpacks a package into `folder` without running anything of it. */
export async function unpackPackage(what: PackageVersion, folder: string): Promise<void> {
  const archive = join(
    folder,
    (await npm(folder, ['pack', `${what.name}@${what.version}`, '--silent'])).trim(),
  );
  const digest = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (what.sha512 && what.sha512 !== digest)
    throw new Error(`${what.name}@${what.version} is not the package this project was tested with.`);
  await execa('tar', ['-xzf', archive, '--strip-components=1', '-C', folder]);
  await rm(archive);
}

/**
 * Installs what the package in `folder` needs to run. No script runs, so no compiler is needed. Optional
 * packages are taken: the file watcher's prebuilt parts are among them.
 */
export async function installDependencies(folder: string): Promise<void> {
  await npm(folder, ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund']);
}
