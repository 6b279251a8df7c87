import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const folder = new URL('../', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), 'utf8');

interface Row {
  readonly fault: string;
  /** The tests of the row, each as its file and its title. */
  readonly tests: readonly (readonly [file: string, name: string])[];
}

/** The rows of the tables: the lines that begin with a bar, except the headings and the lines below them. */
const rows = [read('FAULTS.md'), read('../SECURITY.md')]
  .flatMap((page) => page.split('\n'))
  .filter((line) => line.startsWith('| ') && !/^\| (Fault or attack |Who |-)/.test(line))
  .map((line): Row => {
    const [fault = '', , , tests = ''] = line.split(/ *(?<!\\)\| */).slice(1);
    return {
      fault,
      tests: tests.split('<br>').map((reference) => {
        const [, file = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(reference.trim()) ?? [];
        return [file, name] as const;
      }),
    };
  });

describe('the tables of faults, attacks and attackers', () => {
  it('has rows', () => assert.ok(rows.length > 40, `${rows.length} rows`));

  for (const [number, { fault, tests }] of rows.entries()) {
    it(`${String(number + 1)}. ${fault}: its tests are there`, () => {
      for (const [file, name] of tests) {
        const quoted = ["'", '"', '`'].map((quote) => `it(${quote}${name}${quote}`);
        assert.ok(
          quoted.some((start) => read(file).includes(start)),
          `${file} has no test "${name}"`,
        );
      }
    });
  }
});
