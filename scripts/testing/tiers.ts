import { execaNode } from 'execa';
import { join } from 'node:path';
import { root } from '../build.ts';
import type { VscodeRelease } from '../hosts/vscode.ts';
import { runHostSuites } from './host.ts';
import { runMocha } from './mocha.ts';
import { noTests, type TestOutcome, oneFailed } from './outcome.ts';

/** A part of the tests with a name that `npm test` accepts. */
export interface Tier {
  readonly name: string;
  /**
   * Whether the tier may run at the same time as neighbouring tiers with this flag. Its output is printed in
   * one piece.
   */
  readonly parallel?: true;
  run(): Promise<TestOutcome>;
}

/** A tier that runs a checking tool. The exit code of the tool counts as one test. */
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

const suites = (name: string, jobs = 1): Tier => ({ name, run: () => runMocha(name, jobs) });
/** Suites that keep one processor busy, and may run beside others that do. */
const singleSuites = (name: string): Tier => ({
  name,
  parallel: true,
  run: () => runMocha(name, 1, 'atEnd'),
});
const host = (release: VscodeRelease): Tier => ({
  name: `host ${release}`,
  parallel: true,
  run: () => runHostSuites(release),
});

/**
 * Whether each suite has its own cluster. All suites share a real cluster, where parallel suites would
 * disturb each other.
 */
const hasOwnClusters = process.env['JIT_ACCESS_CLUSTER'] === undefined;

/** All tiers. Fast tiers that find many faults come first. */
const tiers: readonly Tier[] = [
  check('types', 'typescript/bin/tsc', '-p', '.'),
  check('format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  check('lint', 'eslint/bin/eslint.js', '.'),
  check(
    'imports',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config=.dependency-cruiser.mjs',
    'src',
    'demo',
  ),
  check('unused', 'knip/bin/knip.js'),
  suites('unit', 2),
  // Replay compares times with those of recordings, so nothing runs beside it.
  suites('replay'),
  singleSuites('package'),
  suites('integration', 3),
  suites('contract', hasOwnClusters ? 3 : 1),
  host('newest'),
  host('oldest'),
  suites('e2e', 3),
];

/** Groups tiers into rounds. The tiers of a round run at the same time. */
export function rounds(chosen: readonly Tier[]): readonly (readonly Tier[])[] {
  const grouped: Tier[][] = [];
  for (const tier of chosen) {
    const last = grouped.at(-1);
    if (tier.parallel && last?.[0]?.parallel) last.push(tier);
    else grouped.push([tier]);
  }
  return grouped;
}

/**
 * Returns the tiers with the given names. `host` means both host tiers; no name means all tiers.
 * @throws Error for an unknown name
 */
export function chosenTiers(names: readonly string[]): readonly Tier[] {
  const matches = (tier: Tier, name: string): boolean =>
    tier.name === name || tier.name.startsWith(`${name} `);
  const unknown = names.find((name) => !tiers.some((tier) => matches(tier, name)));
  if (unknown)
    throw new Error(`No tier called ${unknown}. There are: ${tiers.map((tier) => tier.name).join(', ')}`);
  return names.length ? tiers.filter((tier) => names.some((name) => matches(tier, name))) : tiers;
}
