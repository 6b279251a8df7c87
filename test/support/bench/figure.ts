/** A measured value, printed as a line of the benchmark's output. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The largest acceptable value, in the same unit. */
  readonly target?: number;
  /** How the value was measured or computed. */
  readonly note?: string;
}

/** A part of the benchmark. */
export type Benchmark = () => Promise<readonly Figure[]>;

/** Returns the median of the values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** Returns the duration of a task in ms. */
export async function timed(task: () => unknown): Promise<number> {
  const begin = performance.now();
  await task();
  return performance.now() - begin;
}

const number = (value: number): string =>
  Math.abs(value) >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(value < 10 ? 2 : 1);

/** Returns the figures as lines of text. Values above their target are marked with `over`. */
export function figureTable(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .map(({ name, value, unit, target, note }) => {
      const goal = target === undefined ? '' : `${value > target ? 'over ' : ''}${number(target)}`;
      const figure = `${number(value)} ${unit}`.padStart(12);
      return `${name.padEnd(width)} ${figure}  ${goal.padStart(10)}  ${note ?? ''}`.trimEnd();
    })
    .join('\n');
}
