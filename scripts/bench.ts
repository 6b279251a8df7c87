import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Figure, type Benchmark, figureTable } from '../test/support/bench/figure.ts';
import { buildExtension } from './build.ts';
import { resultsFolder } from './testing/mocha.ts';

/** The parts of the benchmark. Each part is loaded just before it runs. */
const parts: Readonly<Record<string, () => Promise<Benchmark>>> = {
  start: async () => (await import('../test/bench/start.ts')).start,
  actions: async () => (await import('../test/bench/actions.ts')).actions,
  shell: async () => (await import('../test/bench/shell.ts')).shell,
  renewal: async () => (await import('../test/bench/renewal.ts')).renewal,
  killed: async () => (await import('../test/bench/killed.ts')).killed,
  approval: async () => (await import('../test/bench/approval.ts')).approval,
  idle: async () => (await import('../test/bench/idle.ts')).idle,
  many: async () => (await import('../test/bench/many.ts')).many,
  privileges: async () => (await import('../test/bench/privileges.ts')).privileges,
  hostile: async () => (await import('../test/bench/hostile.ts')).hostile,
  lock: async () => (await import('../test/bench/lock.ts')).lock,
};

/**
 * `npm run bench`: measures times and sizes, and asserts nothing. Only figures of the same run are
 * comparable, because machines and their load differ.
 */
export async function main(names: readonly string[]): Promise<number> {
  await buildExtension();
  const figures: Figure[] = [];
  for (const name of names.length > 0 ? names : Object.keys(parts)) {
    const load = parts[name];
    if (!load) throw new Error(`No part called ${name}. There are: ${Object.keys(parts).join(', ')}`);
    const measured = await (await load())();
    console.log(`\n${figureTable(measured)}`);
    figures.push(...measured);
  }
  await mkdir(resultsFolder, { recursive: true });
  await writeFile(join(resultsFolder, 'bench.json'), `${JSON.stringify(figures, null, 2)}\n`);
  return 0;
}
