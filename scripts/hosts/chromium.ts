import { execa } from 'execa';
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { cached } from './downloadCache.ts';
import { unpackPackage } from './npm.ts';

/** A Chromium executable and the environment variables that it needs in addition to the inherited ones. */
export interface Chromium {
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
}

const chromiumPackage = {
  name: '@sparticuz/chromium',
  version: '153.0.0',
  sha512: 'jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==',
};
/** A package with a fixed-width font for terminals. The font of the Chromium package is proportional. */
const fontPackage = {
  name: 'dejavu-fonts-ttf',
  version: '2.37.3',
  sha512: 'f1hd7jJbeQa1VWcw+K2KrTXS50zTMaHpVC4XIKJpNcDeYR5ajMtj/iLlQDYNvLOKamUB3ARVVCf79lNwNVztSQ==',
};
const fontsConfiguration = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias>
    <family>monospace</family>
    <prefer><family>DejaVu Sans Mono</family></prefer>
  </alias>
</fontconfig>
`;
const executableNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const installPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** Finds a Chromium or Chrome that is installed on this machine. */
function findInstalled(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = folders.flatMap((folder) => executableNames.map((name) => join(folder, name)));
  return [...onPath, ...installPaths].find(isExecutable);
}

/**
 * Unpacks the Chromium package. It contains Chromium and the libraries that a minimal Linux lacks, each as a
 * Brotli stream, so that nothing has to be installed on the machine.
 */
async function unpackChromium(folder: string): Promise<void> {
  await unpackPackage(chromiumPackage, folder);
  for (const part of ['chromium', 'al2023.tar', 'swiftshader.tar', 'fonts.tar']) {
    const packed = await readFile(join(folder, 'bin', `${part}.br`));
    await writeFile(join(folder, part), await promisify(brotliDecompress)(packed), { mode: 0o755 });
    if (!part.endsWith('.tar')) continue;
    await execa('tar', ['-xf', join(folder, part), '-C', folder]);
    await rm(join(folder, part));
  }
  await rm(join(folder, 'bin'), { recursive: true });
  await mkdir(join(folder, 'fonts', 'dejavu'));
  await unpackPackage(fontPackage, join(folder, 'fonts', 'dejavu'));
  await writeFile(join(folder, 'fonts.conf'), fontsConfiguration);
}

/**
 * Returns JIT_CHROMIUM, or else the installed Chromium or Chrome, or else a Chromium from the npm registry.
 */
async function ensureChromium(): Promise<Chromium> {
  const executable = process.env['JIT_CHROMIUM'] ?? findInstalled();
  if (executable) return { executable, env: {} };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('No Chromium found. Install one, then: JIT_CHROMIUM=/path/to/chromium npm test');
  const folder = await cached(`chromium-${chromiumPackage.version}`, unpackChromium);
  return {
    executable: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_PATH: folder },
  };
}

const launchArguments = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Launches a headless Chromium. */
export async function launchChromium(): Promise<Browser> {
  const { executable, env } = await ensureChromium();
  return chromium.launch({
    executablePath: executable,
    args: launchArguments,
    env: { ...process.env, ...env },
  });
}
