import { execaNode } from 'execa';
import { join } from 'node:path';
import { root } from '../build.ts';
import { type Which } from '../hosts/vscode.ts';
import { runHostSuites } from './host.ts';
import { runMocha } from './mocha.ts';
import { nothing, type Outcome, oneFailed } from './outcome.ts';

/** A part of the tests that can be asked for by name. */
export interface Tier {
  readonly name: string;
  run(): Promise<Outcome>;
}

/** A tool that says yes or no counts as one test. */
async function check(script: string, ...args: readonly string[]): Promise<Outcome> {
  const { exitCode } = await execaNode(join(root, 'node_modules', script), args, {
    cwd: root,
    stdio: 'inherit',
    reject: false,
    nodeOptions: [],
  });
  return exitCode === 0 ? { ...nothing, passed: 1 } : oneFailed;
}

const suites = (name: string, timeout: number): Tier => ({ name, run: () => runMocha(name, timeout) });
const host = (which: Which): Tier => ({ name: `host ${which}`, run: () => runHostSuites(which) });

/** Every tier, what tells most for the least time first. */
export const tiers: readonly Tier[] = [
  { name: 'types', run: () => check('typescript/bin/tsc', '-p', '.') },
  { name: 'format', run: () => check('prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.') },
  { name: 'lint', run: () => check('eslint/bin/eslint.js', '.') },
  suites('unit', 10_000),
  suites('demo', 30_000),
  suites('replay', 30_000),
  suites('contract', 30_000),
  suites('package', 60_000),
  host('newest'),
  host('oldest'),
  suites('e2e', 120_000),
];

/** The tiers a person asked for: `host` means both hosts; no name means all. */
export function chosen(names: readonly string[]): readonly Tier[] {
  const matches = (tier: Tier, name: string): boolean =>
    tier.name === name || tier.name.startsWith(`${name} `);
  const unknown = names.find((name) => !tiers.some((tier) => matches(tier, name)));
  if (unknown)
    throw new Error(`No tier called ${unknown}. There are: ${tiers.map((tier) => tier.name).join(', ')}`);
  return names.length ? tiers.filter((tier) => names.some((name) => matches(tier, name))) : tiers;
}
