import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/build.ts';
import { freshFolder, removeFolder } from '../../scripts/hosts/people.ts';
import { packExtension } from '../../scripts/package.ts';
import { staticModules } from '../support/package/bundle.ts';
import { unzip } from '../support/package/unzip.ts';
import { readFixture } from '../support/fixtures.ts';

/** All files of the package. `#` replaces the hash of a bundle. */
const shipped = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/LICENSE.txt',
  'extension/SECURITY.md',
  'extension/changelog.md',
  'extension/dist/applyRoles-#.js',
  'extension/dist/chunk-#.js',
  'extension/dist/core-#.js',
  'extension/dist/demo.cjs',
  'extension/dist/doctorPage-#.js',
  'extension/dist/extension.js',
  'extension/dist/lazyYaml-#.js',
  'extension/dist/linearPattern-#.js',
  'extension/dist/manifestProblems-#.js',
  'extension/dist/openManifest-#.js',
  'extension/dist/privileges-#.js',
  'extension/dist/runDoctor-#.js',
  'extension/dist/runProcess-#.js',
  'extension/dist/setUpRoles-#.js',
  'extension/dist/undoApply-#.js',
  'extension/dist/watchdog.mjs',
  'extension/l10n/bundle.l10n.json',
  'extension/media/icon.png',
  'extension/media/jit-access.svg',
  'extension/package.json',
  'extension/package.nls.json',
  'extension/readme.md',
  'extension/schemas/role.schema.json',
];

/** The parts of the packed manifest whose names other programs may use. */
interface PackedManifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

describe('package', () => {
  let folder: string;
  let files: Map<string, Buffer>;
  const text = (name: string): string => {
    const file = files.get(name);
    assert.ok(file, `${name} is in the package`);
    return file.toString('utf8');
  };
  const code = (): string[] => [...files.keys()].filter((name) => name.startsWith('extension/dist/'));
  const entry = (): Map<string, string> =>
    staticModules('extension.js', (name) => text(`extension/dist/${name}`));

  before(async () => {
    folder = await freshFolder();
    const file = join(folder, 'package.vsix');
    await packExtension(file);
    files = await unzip(file);
  });

  after(() => removeFolder(folder));

  it('holds exactly what runs', () => {
    const names = [...files.keys()].map((name) => name.replace(/-[A-Z0-9]{8}\.js$/, '-#.js'));
    assert.deepEqual([...new Set(names)].sort(), shipped);
  });

  it('holds the demo cluster as one program', () => {
    const demo = text('extension/dist/demo.cjs');
    assert.doesNotMatch(demo, /\brequire\("\./);
    assert.match(demo, /demo\/main\.ts/);
  });

  it('has no source maps, and no path of the machine that built it', () => {
    for (const name of code()) {
      assert.doesNotMatch(text(name), /sourceMappingURL/, name);
      for (const path of [root, homedir()])
        assert.ok(path === '/' || !text(name).includes(path), `${path} in ${name}`);
    }
  });

  it('loads at most 100 kB when VS Code starts, execa not among them', () => {
    const sources = [...entry().values()];
    const size = sources.reduce((sum, source) => sum + Buffer.byteLength(source), 0);
    assert.ok(size <= 100_000, `${size} bytes in ${[...entry().keys()].join(', ')}`);
    const execa = /node_modules\/execa\//;
    assert.ok(sources.every((source) => !execa.test(source)));
    assert.ok(
      code().some((name) => execa.test(text(name))),
      'so this would be seen',
    );
  });

  it('names in its manifest only what it holds', () => {
    const { main, icon, l10n, contributes } = JSON.parse(text('extension/package.json')) as Record<
      'main' | 'icon' | 'l10n',
      string
    > & { readonly contributes: { readonly yamlValidation: readonly { readonly url: string }[] } };
    const schemas = contributes.yamlValidation.map(({ url }) => url);
    assert.ok(schemas.length > 0);
    for (const named of [main, icon, `${l10n}/bundle.l10n.json`, ...schemas])
      assert.ok(files.has(join('extension', named).replaceAll('\\', '/')), named);
    assert.equal(text('extension/package.nls.json').includes('\r'), false);
    const size = files.get('extension/media/icon.png');
    assert.deepEqual([size?.readUInt32BE(16), size?.readUInt32BE(20)], [128, 128]);
  });

  it('keeps the public names: commands, settings, context keys and views that others may use', () => {
    const { contributes } = JSON.parse(text('extension/package.json')) as PackedManifest;
    const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));
    const conditions: readonly string[] = JSON.stringify(contributes).match(/jitAccess\.\w+/g) ?? [];
    const commands = contributes.commands.map(({ command }) => command);
    const settings = Object.keys(contributes.configuration.properties);
    const { contextKeys, ...names } = JSON.parse(readFixture('public-names.json')) as Record<
      string,
      string[]
    >;
    assert.deepEqual({ commands: commands.sort(), settings: settings.sort(), views: views.sort() }, names);
    for (const key of contextKeys ?? []) assert.ok(conditions.includes(key), key);
  });

  it('knows nothing of the variables that tests use', () => {
    for (const name of code()) assert.doesNotMatch(text(name), /JIT_ACCESS_CLUSTER|JIT_TEST_|JIT_HOST/, name);
  });
});
