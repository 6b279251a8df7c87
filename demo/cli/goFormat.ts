// Formats values as Go does, because the demo programs must print byte for byte what the real programs print.

const minute = 60_000;

/** A value that {@link goJson} prints. A plain object stands for a Go struct, a Map for a Go map. */
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

/** Quotes a text as Go's `%q` does, and escapes every unprintable character. */
export function quote(text: string): string {
  return `"${Array.from(text, (rune) => escapeRune(rune)).join('')}"`;
}

function escapeRune(rune: string): string {
  const escaped = escapes[rune];
  if (escaped) return escaped;
  if (printable.test(rune)) return rune;
  const code = rune.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${hex(code, 2)}`;
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/**
 * Makes the text of an error safe to print. Newlines and tabs stay. Each run between them that holds another
 * unprintable character is quoted as a whole.
 */
export function escapeUnprintable(text: string): string {
  return text
    .split(/([\n\t\v])/)
    .map((run) =>
      /^[\n\t\v]$/.test(run) || Array.from(run).every((rune) => printable.test(rune)) ? run : quote(run),
    )
    .join('');
}

/**
 * Formats a value as JSON in the layout of tsh or tctl. Keys with the value undefined are left out. tsh
 * indents the values inside a Go map from the margin again, as the recordings show. tctl indents them as
 * usual and escapes `<`, `>` and `&`. `indent` is the number of spaces for each level.
 */
export function goJson(value: GoValue, style: 'tsh' | 'tctl' = 'tsh', indent = 2): string {
  return formatJson(value, style, '', ' '.repeat(indent));
}

function formatJson(value: GoValue, style: 'tsh' | 'tctl', margin: string, step: string): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'object') return scalar(value, style);
  const inner = margin + step;
  if (Array.isArray(value)) {
    const items = (value as readonly GoValue[]).map((item) => inner + formatJson(item, style, inner, step));
    return items.length ? `[\n${items.join(',\n')}\n${margin}]` : '[]';
  }
  const isMap = value instanceof Map;
  const entries = isMap
    ? [...(value as ReadonlyMap<string, GoValue>)].sort(([a], [b]) => (a < b ? -1 : 1))
    : Object.entries(value as Record<string, GoValue>).filter(([, item]) => item !== undefined);
  const rows = entries.map(
    ([key, item]) =>
      `${inner}${JSON.stringify(key)}: ${formatJson(item, style, isMap && style === 'tsh' ? '' : inner, step)}`,
  );
  return rows.length ? `{\n${rows.join(',\n')}\n${margin}}` : '{}';
}

function scalar(value: string | number | boolean, style: 'tsh' | 'tctl'): string {
  const text = JSON.stringify(value).replace(/[\u2028\u2029]/g, (rune) => `\\u${hex(rune.charCodeAt(0), 4)}`);
  return style === 'tsh' ? text : text.replace(/[<>&]/g, (rune) => `\\u${hex(rune.charCodeAt(0), 4)}`);
}

/** Formats `ms` as Go's `time.Duration`: `1h0m0s`, `59m0s`, `29h59m59.976s`. */
export function goDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const size = Math.abs(ms);
  if (size < 1000) return `${sign}${size}ms`;
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor(size / minute) % 60;
  const seconds = Number(((size % minute) / 1000).toFixed(3));
  if (hours) return `${sign}${hours}h${minutes}m${seconds}s`;
  return minutes ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`;
}

/** Formats `ms` as a Go duration rounded to whole minutes, as the tables show it. */
export const roundedDuration = (ms: number): string => goDuration(Math.round(ms / minute) * minute);

/** The units of a duration, in ms. */
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

/**
 * Reads the value of a duration flag into ms. Accepts days, as a real 17.0.0-dev did.
 * @throws Error with Go's message when the text is no duration.
 */
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

/** Go's zero time, which stands for no time. */
export const never = '0001-01-01T00:00:00Z';

/** Formats an instant as RFC 3339 in UTC, without the trailing zeros of the fraction. */
export function utcRfc3339(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
}

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** The offset of this machine's time zone at `ms`, such as `+02:00`, or undefined for UTC. */
function offset(ms: number): string | undefined {
  const minutes = -new Date(ms).getTimezoneOffset();
  if (minutes === 0) return undefined;
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
}

/** Formats an instant as local date and time without a zone: `2026-11-22 14:47:38`. */
export function localTime(ms: number): string {
  const at = new Date(ms);
  const date = `${at.getFullYear()}-${twoDigits(at.getMonth() + 1)}-${twoDigits(at.getDate())}`;
  return `${date} ${twoDigits(at.getHours())}:${twoDigits(at.getMinutes())}:${twoDigits(at.getSeconds())}`;
}

/** Formats an instant as RFC 3339 in local time with whole seconds, the format of `valid_until`. */
export const localRfc3339 = (ms: number): string => localTime(ms).replace(' ', 'T') + (offset(ms) ?? 'Z');

/** Formats an instant in Go's default time format, in local time: `2026-11-22 14:47:38 +0000 UTC`. */
export function goLocalTime(ms: number): string {
  const zone = offset(ms)?.replace(':', '');
  return `${localTime(ms)} ${zone ? `${zone} ${zone}` : '+0000 UTC'}`;
}

/** Formats an instant in Go's default time format, in UTC. */
export const goUtcTime = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Formats an instant as RFC 822 in UTC: `22 Nov 26 13:47 UTC`. */
export function rfc822(ms: number): string {
  const at = new Date(ms);
  const date = `${twoDigits(at.getUTCDate())} ${months[at.getUTCMonth()] ?? ''} ${twoDigits(at.getUTCFullYear() % 100)}`;
  return `${date} ${twoDigits(at.getUTCHours())}:${twoDigits(at.getUTCMinutes())} UTC`;
}

const runeCount = (text: string): number => Array.from(text).length;

/**
 * Formats rows as columns. Each column is one space wider than its widest cell and at least 5 wide, the last
 * column too.
 */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 5, runeCount(cell) + 1);
    }
  }
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - runeCount(cell))).join('') + '\n';
  return rows.map(line).join('');
}

/** Formats a table with a heading and a line of dashes under each title. */
export function headedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const dashes = head.map((title, column) =>
    '-'.repeat(Math.max(title.length, ...rows.map((row) => runeCount(row[column] ?? '')))),
  );
  return table([head, dashes, ...rows]);
}

/** The width of a table, in columns. tsh uses 80 when its output is no terminal. */
const tableWidth = 80;
const ellipsis = '...';

/**
 * Formats a table and truncates its cells to fit the width of 80 columns. Every other column gets at most an
 * equal share, and the column named `yielding` gets the rest.
 */
export function truncatedTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  yielding: string,
): string {
  const share = Math.floor((tableWidth - 16) / (head.length - 1));
  const widest = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const taken = head.map((title, column) => {
    const width = widest[column] ?? 0;
    return title === yielding ? 0 : width > share ? share + ellipsis.length + 1 : width + 1;
  });
  const rest = Math.max(0, tableWidth - taken.reduce((sum, width) => sum + width, 0) - ellipsis.length - 1);
  const truncate = (cell: string, column: number): string => {
    const limit = head[column] === yielding ? rest : share;
    return cell.length > limit ? cell.slice(0, limit) + ellipsis : cell;
  };
  return headedTable(
    head,
    rows.map((row) => row.map(truncate)),
  );
}
