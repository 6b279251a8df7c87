// Reads kubectl's arguments: flags may stand anywhere.

/** What was given. */
export interface KubectlArguments {
  readonly words: readonly string[];
  text(flag: string): string | undefined;
  yes(flag: string): boolean;
}

/** Ends kubectl: the message as it stands on stderr, exit code 1. */
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

/** Splits words and flags. Throws {@link KubectlFailure} in kubectl's words. */
export function readArguments(argv: readonly string[]): KubectlArguments {
  const words: string[] = [];
  const given = new Map<string, string>();
  const rest = [...argv];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(word);
    const brief = /^-([A-Za-z])=?(.*)$/s.exec(word);
    if (word === '--') words.push(...rest.splice(0));
    else if (!long && !brief) words.push(word);
    else {
      const letter = brief?.[1] ?? '';
      const name = long?.[1] ?? short[letter] ?? '';
      const attached = long ? long[2] : brief?.[2] || undefined;
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
  return { words, text: (flag) => given.get(flag), yes: (flag) => given.get(flag) === 'true' };
}
