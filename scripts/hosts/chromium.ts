import { execa } from 'execa';
import { accessSync, constants } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import { cached } from './cache.ts';
import { unpackPackage } from './npm.ts';

/** A Chromium and the variables it needs beside the usual ones. */
export interface Chromium {
  readonly executable: string;
  readonly env: Readonly<Record<string, string>>;
}

const packaged = {
  name: '@sparticuz/chromium',
  version: '153.0.0',
  sha512: 'jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA==',
};
/** The package's own font has no fixed width, and a terminal needs one. */
const fonts = {
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
const usualNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const usualPlaces = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

const runnable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

function installed(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const onPath = folders.flatMap((folder) => usualNames.map((name) => join(folder, name)));
  return [...onPath, ...usualPlaces].find(runnable);
}

/**
 * The package holds a Chromium and the libraries a bare Linux lacks, each as a Brotli stream.
 * So nothing has to be installed on the machine.
 */
async function unpackChromium(folder: string): Promise<void> {
  await unpackPackage(packaged, folder);
  for (const part of ['chromium', 'al2023.tar', 'swiftshader.tar', 'fonts.tar']) {
    const packed = await readFile(join(folder, 'bin', `${part}.br`));
    await writeFile(join(folder, part), await promisify(brotliDecompress)(packed), { mode: 0o755 });
    if (!part.endsWith('.tar')) continue;
    await execa('tar', ['-xf', join(folder, part), '-C', folder]);
    await rm(join(folder, part));
  }
  await rm(join(folder, 'bin'), { recursive: true });
  await mkdir(join(folder, 'fonts', 'dejavu'));
  await unpackPackage(fonts, join(folder, 'fonts', 'dejavu'));
  await writeFile(join(folder, 'fonts.conf'), fontsConfiguration);
}

/** JIT_CHROMIUM, else the system's Chromium or Chrome, else one from the npm registry. */
export async function ensureChromium(): Promise<Chromium> {
  const executable = process.env['JIT_CHROMIUM'] ?? installed();
  if (executable) return { executable, env: {} };
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Error('No Chromium found. Install one, then: JIT_CHROMIUM=/path/to/chromium npm test');
  const folder = await cached(`chromium-${packaged.version}`, unpackChromium);
  return {
    executable: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: join(folder, 'lib'), FONTCONFIG_PATH: folder },
  };
}

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A Chromium without a window. */
export async function launchChromium(): Promise<Browser> {
  const { executable, env } = await ensureChromium();
  return chromium.launch({ executablePath: executable, args: quiet, env: { ...process.env, ...env } });
}
