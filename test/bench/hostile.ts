import { performance } from 'node:perf_hooks';
import { compilePattern } from '../../src/access/untrusted/linearPattern.ts';
import { problemsIn } from '../../src/background/manifestProblems.ts';
import { readExceptions } from '../../src/privileges/report/exceptions.ts';
import { type Figure } from '../support/bench/figure.ts';
import { hostileManifests } from '../support/roles/hostileManifests.ts';

/** The time that a task takes and its longest part that nothing else can interrupt, both in ms. */
async function measure(task: () => unknown): Promise<{ readonly ms: number; readonly block: number }> {
  let block = 0;
  let last = performance.now();
  const tick = (): void => {
    block = Math.max(block, performance.now() - last);
    last = performance.now();
  };
  const begin = last;
  const timer = setInterval(tick, 0);
  await task();
  tick();
  clearInterval(timer);
  return { ms: performance.now() - begin, block };
}

/** The worst of several tasks, as two figures. */
async function worst(
  name: string,
  tasks: Readonly<Record<string, () => unknown>>,
): Promise<readonly Figure[]> {
  const figures: { readonly task: string; readonly ms: number; readonly block: number }[] = [];
  for (const [task, run] of Object.entries(tasks)) figures.push({ task, ...(await measure(run)) });
  const most = (part: 'ms' | 'block') => figures.reduce((a, b) => (b[part] > a[part] ? b : a));
  const [time, block] = [most('ms'), most('block')];
  return [
    { name: `${name}: longest block`, value: block.block, unit: 'ms', target: 100, note: block.task },
    { name: `${name}: in all`, value: time.ms, unit: 'ms', target: 1_000, note: time.task },
  ];
}

const entry =
  '  - id: "00000000000000000000"\n    what: x\n    owner: o\n    reason: r\n    until: "2026-12-31"\n';

/** Measures what files and texts cost that are made to keep the extension busy. */
export async function hostile(): Promise<readonly Figure[]> {
  const manifests = Object.fromEntries(
    Object.entries(hostileManifests).map(([name, text]) => [
      name,
      () => problemsIn(text, [], '6h', undefined),
    ]),
  );
  const exceptions = {
    'many keys': Array.from({ length: 1_900 }, (_, n) => `k${String(n)}: 1\n`).join(''),
    'far too many keys': Array.from({ length: 100_000 }, (_, n) => `k${String(n)}: 1\n`).join(''),
    'many entries': `exceptions:\n${entry.repeat(200)}`,
    'one long text': `exceptions: "${'x'.repeat(500_000)}"`,
  };
  const patterns = [
    '^(\\w+-?)+#\\d+$',
    '(x+x+)+y',
    '(a|aa)+$b',
    '((a?){30}){30}b',
    '(.*a){20}!',
    '[A-Z]+-\\d+',
  ];
  return [
    ...(await worst('hostile manifest', manifests)),
    ...(await worst(
      'hostile exceptions file',
      Object.fromEntries(
        Object.entries(exceptions).map(([name, text]) => [name, () => readExceptions(text)]),
      ),
    )),
    ...(await worst(
      'ticket pattern that backtracks, reason of 4,096 bytes',
      Object.fromEntries(
        patterns.map((pattern) => [pattern, () => compilePattern(pattern)?.find(`${'a'.repeat(4_095)}?`)]),
      ),
    )),
  ];
}
