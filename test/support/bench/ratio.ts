import { type Figure, median, timed } from './figure.ts';

/** How often each way is gone, besides the first time. */
export const rounds = 7;

/**
 * Two ways to the same end, side by side: what comes first in one round comes last in the next. The median of the
 * rounds' own ratios, since a busy machine slows both of a round; the first round, which loads code, is not counted.
 * @param hooks what is done before and after either way, and not measured
 */
export async function ratio(
  name: string,
  calls: string,
  ours: () => Promise<unknown>,
  bare: () => Promise<unknown>,
  target = 1.05,
  hooks: { before?: () => Promise<unknown>; after?: () => Promise<unknown> } = {},
): Promise<Figure> {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
    for (const variant of order) {
      await hooks.before?.();
      times[variant].push(await timed(variant === 'ours' ? ours : bare));
      await hooks.after?.();
    }
    if (round === 0) times.ours.length = times.bare.length = 0;
  }
  const [oursMedian, bareMedian] = [median(times.ours), median(times.bare)];
  const note = `${oursMedian.toFixed(0)} / ${bareMedian.toFixed(0)} ms; ${calls}`;
  const value = median(times.ours.map((time, round) => time / times.bare[round]!));
  return { name: `${name} ÷ bare`, value, unit: '×', target, note };
}
