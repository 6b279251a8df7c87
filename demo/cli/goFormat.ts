// How Go prints: the demo programs must print byte for byte what programs written in Go print.

const minute = 60_000;

/** A Go struct is a plain object, a Go map is a Map (see {@link goJson}). */
export type GoValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly GoValue[]
  | ReadonlyMap<string, GoValue>
  | { readonly [key: string]: GoValue };

const escapes: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};
const printable = /[\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;

/** `%q`: quoted, with everything that is not printable escaped. */
export function quote(text: string): string {
  return `"${Array.from(text, (rune) => escapeRune(rune)).join('')}"`;
}

function escapeRune(rune: string): string {
  const known = escapes[rune];
  if (known) return known;
  if (printable.test(rune)) return rune;
  const code = rune.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** An error's text: newline and tab survive, a run with anything else that cannot be printed is quoted. */
export function inert(text: string): string {
  return text
    .split(/([\n\t\v])/)
    .map((run) =>
      /^[\n\t\v]$/.test(run) || Array.from(run).every((rune) => printable.test(rune)) ? run : quote(run),
    )
    .join('');
}

/**
 * JSON as tsh lays it out: two spaces a level, absent keys left out, and the values inside a Go map indented
 * from the margin again, as the recordings show. `tctl` is the same with `plain` indentation and `html`
 * characters escaped. `indent` is in spaces.
 */
export function goJson(value: GoValue, style: 'tsh' | 'tctl' = 'tsh', indent = 2): string {
  return layOut(value, style, '', ' '.repeat(indent));
}

function layOut(value: GoValue, style: 'tsh' | 'tctl', margin: string, step: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return scalar(value, style);
  const inner = margin + step;
  if (Array.isArray(value)) {
    const items = (value as readonly GoValue[]).map((item) => inner + layOut(item, style, inner, step));
    return items.length ? `[\n${items.join(',\n')}\n${margin}]` : '[]';
  }
  const isMap = value instanceof Map;
  const entries = isMap
    ? [...(value as ReadonlyMap<string, GoValue>)].sort(([a], [b]) => (a < b ? -1 : 1))
    : Object.entries(value as Record<string, GoValue>).filter(([, item]) => item !== undefined);
  const rows = entries.map(
    ([key, item]) =>
      `${inner}${JSON.stringify(key)}: ${layOut(item, style, isMap && style === 'tsh' ? '' : inner, step)}`,
  );
  return rows.length ? `{\n${rows.join(',\n')}\n${margin}}` : '{}';
}

function scalar(value: string | number | boolean, style: 'tsh' | 'tctl'): string {
  const text = JSON.stringify(value).replace(/[\u2028\u2029]/g, (rune) => `\\u${hex(rune.charCodeAt(0), 4)}`);
  return style === 'tsh' ? text : text.replace(/[<>&]/g, (rune) => `\\u${hex(rune.charCodeAt(0), 4)}`);
}

/** A `time.Duration` of `ms`: `1h0m0s`, `59m0s`, `29h59m59.976s`. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const left = Math.abs(ms);
  if (left < 1000) return `${sign}${left}ms`;
  const hours = Math.floor(left / 3_600_000);
  const minutes = Math.floor(left / minute) % 60;
  const seconds = Number(((left % minute) / 1000).toFixed(3));
  if (hours) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

/** The same, rounded to a minute as the tables show it. */
export const roundedDuration = (ms: number): string => goDuration(Math.round(ms / minute) * minute);

const units: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: minute,
  h: 3_600_000,
  d: 86_400_000,
};

/** Reads a duration flag into ms; days are understood, as a real 17.0.0-dev did. Throws with Go's words. */
export function parseDuration(text: string): number {
  const body = text.replace(/^[-+]/, '');
  if (body === '0') return 0;
  if (/^\d+(\.\d+)?$/.test(body)) throw new Error(`time: missing unit in duration ${quote(text)}`);
  if (!/^(\d+(\.\d*)?(ns|us|µs|ms|s|m|h|d))+$/.test(body)) {
    throw new Error(`time: invalid duration ${quote(text)}`);
  }
  const parts = [...body.matchAll(/(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h|d)/g)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
  return text.startsWith('-') ? -ms : ms;
}

/** RFC 3339 in UTC with the fraction's trailing zeros dropped. */
export function utc(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
}

const two = (n: number): string => String(n).padStart(2, '0');

/** The zone of this machine at `ms` as `+02:00`, or undefined for UTC. */
function offset(ms: number): string | undefined {
  const minutes = -new Date(ms).getTimezoneOffset();
  if (minutes === 0) return undefined;
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Local date and time without zone: `2026-11-22 14:47:38`. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** RFC 3339 in local time with whole seconds, as `valid_until` has it. */
export const localRfc3339 = (ms: number): string => localTime(ms).replace(' ', 'T') + (offset(ms) ?? 'Z');

/** Go's own form of a time, in local time: `2026-11-22 14:47:38 +0000 UTC`. */
export function zonedTime(ms: number): string {
  const zone = offset(ms)?.replace(':', '');
  return `${localTime(ms)} ${zone ? `${zone} ${zone}` : '+0000 UTC'}`;
}

/** Go's own form of a time, in UTC. */
export const utcTime = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 822 in UTC: `22 Nov 26 13:47 UTC`. */
export function rfc822(ms: number): string {
  const at = new Date(ms);
  const date = `${two(at.getUTCDate())} ${months[at.getUTCMonth()] ?? ''} ${two(at.getUTCFullYear() % 100)}`;
  return `${date} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())} UTC`;
}

const runes = (text: string): number => Array.from(text).length;

/** Columns padded to the widest cell and one space, at least 5 wide; every line ends in that space. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 5, runes(cell) + 1);
    }
  }
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - runes(cell))).join('') + '\n';
  return rows.map(line).join('');
}

/** A table with a head and dashes under it. */
export function headedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const dashes = head.map((title, column) =>
    '-'.repeat(Math.max(title.length, ...rows.map((row) => runes(row[column] ?? '')))),
  );
  return table([head, dashes, ...rows]);
}

/** How wide a table is where nobody looks at it. */
const terminal = 80;
const cutMark = '...';

/** A table that is cut to a terminal's width: the column named gives way first, the others beyond their share. */
export function cutTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  yielding: string,
): string {
  const share = Math.floor((terminal - 16) / (head.length - 1));
  const widest = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const taken = head.map((title, column) => {
    const width = widest[column] ?? 0;
    return title === yielding ? 0 : width > share ? share + cutMark.length + 1 : width + 1;
  });
  const left = Math.max(0, terminal - taken.reduce((sum, width) => sum + width, 0) - cutMark.length - 1);
  const cut = (cell: string, column: number): string => {
    const most = head[column] === yielding ? left : share;
    return cell.length > most ? cell.slice(0, most) + cutMark : cell;
  };
  return headedTable(
    head,
    rows.map((row) => row.map(cut)),
  );
}
