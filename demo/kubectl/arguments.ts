// Parses the arguments of kubectl. Flags may stand anywhere.

/** The words and flags that the user gave. */
export interface KubectlArguments {
  readonly words: readonly string[];
  /** Returns the last value of a flag. */
  text(flag: string): string | undefined;
  /** Returns true when a flag was given without a value or as `true`. */
  isSet(flag: string): boolean;
}

/** An error that ends kubectl with exit code 1. The message is printed on stderr unchanged. */
export class KubectlFailure extends Error {}

const withValue = [
  ...['namespace', 'output', 'context', 'kubeconfig', 'selector', 'port', 'container', 'tail'],
  ...['request-timeout', 'address'],
];
const withoutValue = [
  ...['all-namespaces', 'follow', 'watch', 'current', 'minify', 'client', 'no-headers', 'raw', 'wait'],
  ...['quiet', 'list', 'now', 'force', 'ignore-not-found'],
];
const short: Readonly<Record<string, string>> = {
  n: 'namespace',
  o: 'output',
  A: 'all-namespaces',
  f: 'follow',
  w: 'watch',
  p: 'port',
  c: 'container',
  l: 'selector',
  q: 'quiet',
};

/**
 * Splits the arguments into words and flags.
 * @throws KubectlFailure with kubectl's message for an unknown flag or a missing value.
 */
export function readArguments(argv: readonly string[]): KubectlArguments {
  const words: string[] = [];
  const given = new Map<string, string>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(word);
    const shorthand = /^-([A-Za-z])=?(.*)$/s.exec(word);
    if (word === '--') words.push(...rest.splice(0));
    else if (!long && !shorthand) words.push(word);
    else {
      const letter = shorthand?.[1] ?? '';
      const name = long?.[1] ?? short[letter] ?? '';
      const attached = long ? long[2] : shorthand?.[2] || undefined;
      if (withoutValue.includes(name)) given.set(name, attached ?? 'true');
      else if (withValue.includes(name)) {
        const value = attached ?? rest.shift();
        if (value === undefined) throw new KubectlFailure(`error: flag needs an argument: ${word}`);
        given.set(name, value);
      } else {
        const unknown = long ? `flag: --${name}` : `shorthand flag: '${letter}' in ${word}`;
        throw new KubectlFailure(`error: unknown ${unknown}\nSee 'kubectl --help' for usage.`);
      }
    }
  }
  return { words, text: (flag) => given.get(flag), isSet: (flag) => given.get(flag) === 'true' };
}
