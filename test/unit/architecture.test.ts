import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
// @ts-expect-error: the configuration is plain JavaScript without types.
import * as configuration from '../../.dependency-cruiser.mjs';

/** The parts of the configuration that ARCHITECTURE.md draws. */
const { arrows, folders, layers } = configuration as {
  readonly arrows: readonly string[];
  readonly folders: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly layers: Readonly<Record<string, readonly string[]>>;
};

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The table of layers in ARCHITECTURE.md: each layer with the layers in its last column. */
function tableOfLayers(): Record<string, string[]> {
  const rows = readFileSync(`${root}ARCHITECTURE.md`, 'utf8').matchAll(
    /^\| `src\/(\w+)\/` .*\| ([^|]*) \|$/gm,
  );
  return Object.fromEntries(
    [...rows].map(([, layer = '', imports = '']) => [layer, imports.match(/\w+/g)?.sort() ?? []]),
  );
}

/** The lines of ARCHITECTURE.md that draw arrows, in the form `layer: a ← b ← c`. */
const drawnArrows = (): string[] =>
  readFileSync(`${root}ARCHITECTURE.md`, 'utf8')
    .split('\n')
    .filter((line) => /^ {4}\w+: .*←/.test(line))
    .map((line) => line.trim());

async function foldersWithFiles(): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const file of glob('{src,demo}/**/*.ts', { cwd: root })) {
    const folder = dirname(file).replaceAll('\\', '/');
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return counts;
}

describe('the architecture', () => {
  it('is drawn in ARCHITECTURE.md as it is checked: layer by layer', () => {
    const allowed = Object.entries(layers).map(([layer, names]) => [layer, [...names].sort()] as const);
    assert.deepEqual(tableOfLayers(), Object.fromEntries(allowed));
  });

  it('is drawn in ARCHITECTURE.md as it is checked: arrow by arrow', () => {
    assert.deepEqual(drawnArrows().sort(), [...arrows].sort());
  });

  it('knows every folder', async () => {
    for (const folder of (await foldersWithFiles()).keys()) {
      const [top, layer = '', inner, ...deeper] = folder.split('/');
      if (top !== 'src' || layer === '') continue;
      assert.deepEqual(deeper, [], `${folder} is deeper than two folders`);
      assert.ok(layer in layers, folder);
      if (inner !== undefined) assert.ok(folders[layer]?.[inner], `${folder} has no arrows`);
    }
  });

  it('has at most twelve files in a folder', async () => {
    for (const [folder, count] of await foldersWithFiles())
      assert.ok(count <= 12, `${folder} has ${count} files`);
  });

  it('gives an exported name one meaning: no name is exported by two files', async () => {
    const files = new Map<string, string>();
    for await (const file of glob('{src,demo}/**/*.ts', { cwd: root })) {
      const text = readFileSync(root + file, 'utf8');
      const pattern = /^export (?:async )?(?:abstract )?(?:function|const|class|interface|type|enum) (\w+)/gm;
      for (const [, name = ''] of text.matchAll(pattern)) {
        const otherFile = files.get(name) ?? file;
        assert.equal(otherFile, file, `${name} is exported by ${otherFile} and ${file}`);
        files.set(name, file);
      }
    }
    assert.ok(files.size > 500, 'names were found');
  });

  it('has no file above 300 lines', async () => {
    for await (const file of glob('{src,demo,scripts}/**/*.ts', { cwd: root })) {
      const lines = readFileSync(root + file, 'utf8').split('\n').length - 1;
      assert.ok(lines <= 300, `${file} has ${lines} lines`);
    }
  });
});
