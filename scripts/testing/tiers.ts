import { execaNode } from 'execa';
import { join } from 'node:path';
import { root } from '../build.ts';
import { type VscodeRelease } from '../hosts/vscode.ts';
import { runHostSuites } from './host.ts';
import { runMocha } from './mocha.ts';
import { noTests, type TestOutcome, oneFailed } from './outcome.ts';

/** A part of the tests that can be asked for by name. */
export interface Tier {
  readonly name: string;
  /** Runs at the same time as its neighbours that do too; it prints in one piece. */
  readonly parallel?: true;
  run(): Promise<TestOutcome>;
}

/** A tool that says yes or no counts as one test. */
function check(name: string, script: string, ...args: readonly string[]): Tier {
  return {
    name,
    parallel: true,
    async run() {
      const { exitCode, all } = await execaNode(join(root, 'node_modules', script), args, {
        cwd: root,
        all: true,
        reject: false,
        nodeOptions: [],
      });
      if (all) console.log(all);
      return exitCode === 0 ? { ...noTests, passed: 1 } : oneFailed;
    },
  };
}

const suites = (name: string, timeout: number, jobs = 1): Tier => ({
  name,
  run: () => runMocha(name, timeout, jobs),
});
const host = (which: VscodeRelease): Tier => ({ name: `host ${which}`, run: () => runHostSuites(which) });

/** Real clusters are shared by all suites, and what one locks another may want. */
const ownClusters = process.env['JIT_ACCESS_CLUSTER'] === undefined;

/** Every tier, what tells most for the least time first. */
export const tiers: readonly Tier[] = [
  check('types', 'typescript/bin/tsc', '-p', '.'),
  check('format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  check('lint', 'eslint/bin/eslint.js', '.'),
  suites('unit', 10_000, 2),
  suites('integration', 30_000, 2),
  suites('replay', 30_000),
  suites('contract', 30_000, ownClusters ? 2 : 1),
  suites('package', 60_000),
  host('newest'),
  host('oldest'),
  suites('e2e', 120_000, 2),
];

/** The tiers in rounds: those of one round run at the same time. */
export function rounds(wanted: readonly Tier[]): readonly (readonly Tier[])[] {
  const found: Tier[][] = [];
  for (const tier of wanted) {
    const last = found.at(-1);
    if (tier.parallel && last?.[0]?.parallel) last.push(tier);
    else found.push([tier]);
  }
  return found;
}

/** The tiers a person asked for: `host` means both hosts; no name means all. */
export function chosenTiers(names: readonly string[]): readonly Tier[] {
  const matches = (tier: Tier, name: string): boolean =>
    tier.name === name || tier.name.startsWith(`${name} `);
  const unknown = names.find((name) => !tiers.some((tier) => matches(tier, name)));
  if (unknown)
    throw new Error(`No tier called ${unknown}. There are: ${tiers.map((tier) => tier.name).join(', ')}`);
  return names.length ? tiers.filter((tier) => names.some((name) => matches(tier, name))) : tiers;
}
