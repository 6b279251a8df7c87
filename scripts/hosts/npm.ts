import { execa } from 'execa';
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** One exact version of an npm package. */
export interface PackageVersion {
  readonly name: string;
  readonly version: string;
  /** The expected digest, for packages that are the same on all platforms. */
  readonly sha512?: string;
}

/**
 * The npm_* variables that an npm in another folder inherits: only those that say how to reach a registry. An
 * outer npm sets many more, such as `local_prefix`, which are wrong there.
 */
const inheritedSettings =
  /^npm_config_(registry|cafile|ca|proxy|https_proxy|noproxy|userconfig|globalconfig|cache)$/i;

function npmEnvironment(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env);
  return Object.fromEntries(entries.filter(([name]) => !/^npm_/i.test(name) || inheritedSettings.test(name)));
}

async function npm(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execa('npm', [...args, '--loglevel=error'], {
    cwd: folder,
    env: npmEnvironment(),
    extendEnv: false,
  });
  return stdout;
}

/**
 * Downloads a package and unpacks it into `folder`. No code of the package runs.
 * @throws Error where the digest differs from the expected one
 */
export async function unpackPackage(pkg: PackageVersion, folder: string): Promise<void> {
  const archive = join(
    folder,
    (await npm(folder, ['pack', `${pkg.name}@${pkg.version}`, '--silent'])).trim(),
  );
  const digest = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (pkg.sha512 && pkg.sha512 !== digest)
    throw new Error(`${pkg.name}@${pkg.version} is not the package this project was tested with.`);
  await execa('tar', ['-xzf', archive, '--strip-components=1', '-C', folder]);
  await rm(archive);
}

/**
 * Installs the runtime dependencies of the package in `folder`. No install script runs, so no compiler is
 * needed. Optional dependencies are included, because the prebuilt binaries of the file watcher are among
 * them.
 */
export async function installDependencies(folder: string): Promise<void> {
  await npm(folder, ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund']);
}
