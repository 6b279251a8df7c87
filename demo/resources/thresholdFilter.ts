// The predicate language by which roles select the reviews that count. Example:
// `contains(reviewer.roles, "team-a") && !…`

/** The values that an expression can name: `reviewer.roles`, `reviewer.traits["team"]`, `request.reason`. */
export interface FilterSubject {
  readonly roles: readonly string[];
  readonly traits: Readonly<Record<string, readonly string[]>>;
  /** The roles that the access request names. */
  readonly requested: readonly string[];
  readonly reason: string;
  /** Absent when the question is whether a user may review at all. */
  readonly review?: { readonly reason: string };
}

type Value = string | readonly string[];
type Predicate = (subject: FilterSubject) => boolean;
type ValueReader = (subject: FilterSubject) => Value;

const fields: Readonly<Record<string, ValueReader>> = {
  'reviewer.roles': ({ roles }) => roles,
  'request.roles': ({ requested }) => requested,
  'request.reason': ({ reason }) => reason,
  'review.reason': ({ review }) => review?.reason ?? '',
};
/** The identifiers whose value is a map to lists. Annotations are always empty in the demo. */
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

/** Parses an expression. @throws Error that says what is wrong with it. */
export function parseFilter(text: string): Predicate {
  const tokens = text.match(/&&|\|\||[!()[\],]|"(?:[^"\\]|\\.)*"|`[^`]*`|[A-Za-z_][\w.]*|\S/g) ?? [];
  let at = 0;
  const take = (wanted?: string): string => {
    const token = tokens[at] ?? 'end of expression';
    if (wanted !== undefined && token !== wanted) throw new Error(`expected ${wanted}, found ${token}`);
    at += 1;
    return token;
  };
  const binary = (
    operator: string,
    next: () => Predicate,
    join: (a: boolean, b: () => boolean) => boolean,
  ): Predicate => {
    let left = next();
    while (tokens[at] === operator) {
      take();
      const [first, second] = [left, next()];
      left = (subject) => join(first(subject), () => second(subject));
    }
    return left;
  };
  const disjunction = (): Predicate => binary('||', conjunction, (a, b) => a || b());
  const conjunction = (): Predicate => binary('&&', negation, (a, b) => a && b());
  const negation = (): Predicate => {
    if (tokens[at] === '!') {
      take();
      const inner = negation();
      return (subject) => !inner(subject);
    }
    if (tokens[at] !== '(') return call();
    take();
    const inner = disjunction();
    take(')');
    return inner;
  };
  const call = (): Predicate => {
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
  const value = (): ValueReader => {
    const token = take();
    if (token.startsWith('"')) {
      const literal = JSON.parse(token) as string;
      return () => literal;
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
  const expression = disjunction();
  if (at < tokens.length) throw new Error(`unexpected ${take()}`);
  return expression;
}
