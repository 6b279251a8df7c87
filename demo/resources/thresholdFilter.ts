// The small language in which roles say whose review counts: `contains(reviewer.roles, "team-a") && !…`.

/** What an expression may ask for, by its name: `reviewer.roles`, `reviewer.traits["team"]`, `request.reason`. */
export interface FilterSubject {
  readonly roles: readonly string[];
  readonly traits: Readonly<Record<string, readonly string[]>>;
  /** Of the request. */
  readonly requested: readonly string[];
  readonly reason: string;
  /** Absent where it is asked who may review at all. */
  readonly review?: { readonly reason: string };
}

type Value = string | readonly string[];
type Test = (subject: FilterSubject) => boolean;
type Get = (subject: FilterSubject) => Value;

const fields: Readonly<Record<string, Get>> = {
  'reviewer.roles': ({ roles }) => roles,
  'request.roles': ({ requested }) => requested,
  'request.reason': ({ reason }) => reason,
  'review.reason': ({ review }) => review?.reason ?? '',
};
/** Maps to lists. Nothing here has annotations. */
const maps: Readonly<
  Record<string, (subject: FilterSubject) => Readonly<Record<string, readonly string[]>>>
> = {
  'reviewer.traits': ({ traits }) => traits,
  'review.annotations': () => ({}),
  'request.system_annotations': () => ({}),
};

const functions: Readonly<Record<string, (a: Value, b: Value) => boolean>> = {
  contains: (list, item) => typeof item === 'string' && list.includes(item) && typeof list !== 'string',
  equals: (a, b) => JSON.stringify(a) === JSON.stringify(b),
};

/** Reads an expression; throws with what is wrong with it. */
export function parseFilter(text: string): Test {
  const tokens = text.match(/&&|\|\||[!()[\],]|"(?:[^"\\]|\\.)*"|`[^`]*`|[A-Za-z_][\w.]*|\S/g) ?? [];
  let at = 0;
  const take = (wanted?: string): string => {
    const token = tokens[at] ?? 'end of expression';
    if (wanted !== undefined && token !== wanted) throw new Error(`expected ${wanted}, found ${token}`);
    at += 1;
    return token;
  };
  const chain = (
    operator: string,
    next: () => Test,
    join: (a: boolean, b: () => boolean) => boolean,
  ): Test => {
    let left = next();
    while (tokens[at] === operator) {
      take();
      const [first, second] = [left, next()];
      left = (subject) => join(first(subject), () => second(subject));
    }
    return left;
  };
  const either = (): Test => chain('||', both, (a, b) => a || b());
  const both = (): Test => chain('&&', one, (a, b) => a && b());
  const one = (): Test => {
    if (tokens[at] === '!') {
      take();
      const inner = one();
      return (subject) => !inner(subject);
    }
    if (tokens[at] !== '(') return call();
    take();
    const inner = either();
    take(')');
    return inner;
  };
  const call = (): Test => {
    const name = take();
    const apply = functions[name];
    if (!apply) throw new Error(`unsupported function: ${name}`);
    take('(');
    const a = value();
    take(',');
    const b = value();
    take(')');
    return (subject) => apply(a(subject), b(subject));
  };
  const value = (): Get => {
    const token = take();
    if (token.startsWith('"')) {
      const said = JSON.parse(token) as string;
      return () => said;
    }
    if (token.startsWith('`')) return () => token.slice(1, -1);
    const map = maps[token];
    if (map) {
      take('[');
      const key = value();
      take(']');
      return (subject) => map(subject)[String(key(subject))] ?? [];
    }
    const field = fields[token];
    if (!field) throw new Error(`unknown identifier: "${token}"`);
    return field;
  };
  const whole = either();
  if (at < tokens.length) throw new Error(`unexpected ${take()}`);
  return whole;
}
