import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../src/commands/shared/commandIds.ts';
import { contextKeys } from '../../src/editor/contextKeys.ts';
import { settingKeys } from '../../src/editor/settings.ts';
import { core, extension, manifest } from '../support/host/core.ts';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly scope?: string; readonly default?: unknown }>>;
    };
  };
}

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** Returns the texts of all properties named `key`, at any depth. */
function valuesOf(key: string, inside: unknown): string[] {
  if (typeof inside !== 'object' || inside === null) return [];
  return Object.entries(inside).flatMap(([name, value]: [string, unknown]) =>
    name === key && typeof value === 'string' ? [value] : valuesOf(key, value),
  );
}

describe('What the manifest promises is what there is', () => {
  const { contributes } = manifest() as Manifest;
  const views = Object.values(contributes.views).flatMap((list) => list.map(({ id }) => id));

  it('every command is there, and no other', async () => {
    await core();
    const declared = sorted(contributes.commands.map(({ command }) => command));
    assert.deepEqual(declared, sorted(commandIds));
    const all = await vscode.commands.getCommands(true);
    // VS Code adds commands of its own to every view.
    const registered = all.filter(
      (id) => id.startsWith('jitAccess.') && !views.some((view) => id.startsWith(`${view}.`)),
    );
    assert.deepEqual(sorted(registered), declared);
  });

  it('menus name commands that are there', () => {
    const named = valuesOf('command', contributes);
    assert.deepEqual(sorted(named), sorted(commandIds));
  });

  it('settings are the ones that are read, with the same defaults, and no workspace or remote sets them', () => {
    const { properties } = contributes.configuration;
    assert.deepEqual(sorted(Object.keys(properties)), sorted(settingKeys.map((key) => `jitAccess.${key}`)));
    for (const [key, { scope }] of Object.entries(properties)) assert.equal(scope, 'application', key);
  });

  it('conditions name keys that are set, and every key that is set is named', () => {
    const conditions = valuesOf('when', contributes).join(' ');
    const named = conditions.match(/jitAccess\.\w+/g)?.filter((name) => !views.includes(name));
    assert.deepEqual(sorted(named ?? []), sorted(contextKeys));
  });

  it('every word of it can be translated, and no translation is left over', () => {
    const texts = JSON.parse(
      readFileSync(join(extension().extensionPath, 'package.nls.json'), 'utf8'),
    ) as Record<string, string>;
    const text = JSON.stringify(manifest());
    const used = [...text.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? '');
    assert.deepEqual(sorted(used), sorted(Object.keys(texts)));
    assert.doesNotMatch(JSON.stringify(extension().packageJSON), /"%/);
  });
});
