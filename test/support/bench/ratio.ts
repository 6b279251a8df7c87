import { type Figure, median, timed } from './figure.ts';

/** The number of measured rounds. An additional first round is not counted. */
export const rounds = 7;

/**
 * Compares the duration of two implementations. Both run in every round, in alternating order. The result is
 * the median of the ratios of each round, because a busy machine slows down both runs of a round. The first
 * round is not counted, because it loads code.
 * @param hooks run before and after each run and are not measured
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
