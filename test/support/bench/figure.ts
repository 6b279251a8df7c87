/** One line of the bench. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What is aimed for, in the same unit. */
  readonly target?: number;
  /** How it was measured, or what it was made of. */
  readonly note?: string;
}

/** A part of the bench. */
export type Benchmark = () => Promise<readonly Figure[]>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [low = NaN, high = NaN] = [sorted[sorted.length % 2 ? middle : middle - 1], sorted[middle]];
  return (low + high) / 2;
}

/** How long something takes, in ms. */
export async function timed(task: () => unknown): Promise<number> {
  const begin = performance.now();
  await task();
  return performance.now() - begin;
}

const number = (value: number): string =>
  Math.abs(value) >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(value < 10 ? 2 : 1);

/** The figures as lines of text, what missed its aim marked. */
export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .map(({ name, value, unit, target: aim, note }) => {
      const goal = aim === undefined ? '' : `${value > aim ? 'over ' : ''}${number(aim)}`;
      const figure = `${number(value)} ${unit}`.padStart(12);
      return `${name.padEnd(width)} ${figure}  ${goal.padStart(10)}  ${note ?? ''}`.trimEnd();
    })
    .join('\n');
}
