import { type Figure, median, timed } from './figure.ts';

/** How often each way is gone, besides the first time. */
export const rounds = 7;

/**
 * Two ways to the same end, side by side: what comes first in one round comes last in the next. The median of the
 * rounds' own ratios, since a busy machine slows both of a round; the first round, which loads code, is not counted.
 * @param around what is done before and after either way, and not measured
 */
export async function ratio(
  name: string,
  calls: string,
  ours: () => Promise<unknown>,
  bare: () => Promise<unknown>,
  aim = 1.05,
  around: { before?: () => Promise<unknown>; after?: () => Promise<unknown> } = {},
): Promise<Figure> {
  const times = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= rounds; round++) {
    const order = round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const);
    for (const way of order) {
      await around.before?.();
      times[way].push(await timed(way === 'ours' ? ours : bare));
      await around.after?.();
    }
    if (round === 0) times.ours.length = times.bare.length = 0;
  }
  const [our, plain] = [median(times.ours), median(times.bare)];
  const note = `${our.toFixed(0)} / ${plain.toFixed(0)} ms; ${calls}`;
  const value = median(times.ours.map((time, round) => time / times.bare[round]!));
  return { name: `${name} ÷ bare`, value, unit: '×', aim, note };
}
