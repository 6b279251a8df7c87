import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../scripts/build.ts';
import { bundleFile, exportTexts } from '../../scripts/l10n.ts';
import { failureWords } from '../../src/text/failure.ts';
import { languageInUse, useLanguage } from '../../src/text/language.ts';
import { span } from '../../src/text/time.ts';

const read = (file: string): Promise<string> => readFile(file, 'utf8');

describe('languages', () => {
  after(() => useLanguage('en', {}));

  it('exports every text of the code', async () => {
    const bundle = JSON.parse(await read(bundleFile)) as unknown;
    assert.deepEqual(bundle, await exportTexts(), 'l10n/bundle.l10n.json is old; run: npm run l10n');
  });

  it('has every text of the manifest in package.nls.json, and no other there', async () => {
    const manifest = await read(join(root, 'package.json'));
    const used = [...manifest.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? '');
    const texts = JSON.parse(await read(join(root, 'package.nls.json'))) as Record<string, string>;
    assert.deepEqual(Object.keys(texts).sort(), [...new Set(used)].sort());
    assert.ok(Object.values(texts).every((word) => word.trim() !== ''));
  });

  it('says what a translation says, and English where it says nothing', () => {
    const signedOut = failureWords({ kind: 'signedOut' }).text;
    const expired = failureWords({ kind: 'expired' }).text;
    assert.match(signedOut, /signed out/);
    useLanguage('xx', { [signedOut]: 'Xux xoxed xut.', '{0} min': 'xin {0}' });
    assert.equal(languageInUse(), 'xx');
    assert.equal(failureWords({ kind: 'signedOut' }).text, 'Xux xoxed xut.');
    assert.equal(span(15), 'xin 15');
    assert.equal(failureWords({ kind: 'expired' }).text, expired);
  });
});
