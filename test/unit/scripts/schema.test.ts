import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../../scripts/build.ts';
import { roleSchema, schemaFile } from '../../../scripts/schema.ts';

interface Schema {
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

describe('the schema for completion and hover', () => {
  it('is the one that the fields make', async () => {
    const storedSchema = await readFile(schemaFile, 'utf8');
    assert.equal(storedSchema, await roleSchema(), 'schemas/role.schema.json is old; run: npm run schema');
  });

  it('offers fields, says what they are for, and since which version they are there', async () => {
    const schema = JSON.parse(await roleSchema()) as Schema;
    const propertyAt = (...names: string[]): Schema | undefined =>
      names.reduce<Schema | undefined>((parent, name) => parent?.properties?.[name], schema);
    const mode = propertyAt('spec', 'allow', 'request', 'reason', 'mode');
    assert.deepEqual(mode?.enum, ['optional', 'required']);
    assert.match(mode.description ?? '', /17\.1\.0/);
    assert.match(propertyAt('spec', 'options', 'max_session_ttl')?.description ?? '', /30 h/);
  });

  it('is named by the manifest of the extension for both endings, where there is one', async () => {
    const { contributes } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      contributes: { yamlValidation: readonly { fileMatch: string; url: string }[] };
    };
    assert.deepEqual(
      contributes.yamlValidation.map(({ fileMatch }) => fileMatch),
      ['teleport/roles/*.yaml', 'teleport/roles/*.yml'],
    );
    for (const { url } of contributes.yamlValidation) assert.equal(join(root, url), schemaFile);
  });
});
