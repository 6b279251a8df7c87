import { createHash } from 'node:crypto';
import { rawText } from '../../access/untrusted/untrusted.ts';
import type { Census } from '../census/census.ts';
import { holderKey, type Holder } from '../census/holders.ts';
import type { Finding } from './finding.ts';
import { fingerprint } from './fingerprint.ts';

/** What a finding is created from. `createFinding` adds the rest. */
export type FindingParts = Omit<Finding, 'id' | 'locked' | 'conditional' | 'origin' | 'preset'> &
  Partial<Pick<Finding, 'conditional'>>;

/** Findings that collect their holders under a key. */
export class FindingsByKey {
  readonly #parts = new Map<unknown, FindingParts & { readonly holders: Holder[] }>();

  /**
   * Adds holders to the finding with a key.
   * @param create returns the other parts of the finding; called for a new key only
   */
  add(key: unknown, holders: readonly Holder[], create: () => Omit<FindingParts, 'holders'>): void {
    const parts = this.#parts.get(key);
    if (parts) for (const holder of holders) parts.holders.push(holder);
    else this.#parts.set(key, { ...create(), holders: [...holders] });
  }

  /** Returns the parts of all findings. */
  all(): Iterable<FindingParts> {
    return this.#parts.values();
  }
}

/** Compares texts by their code units, independently of the language. */
export const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Creates a finding: computes its id, sorts its holders, removes duplicate holders, and says who owns its role.
 * @param more any further text that the id depends on
 */
export function createFinding(census: Census, parts: FindingParts, more = ''): Finding {
  const { kind, grade, role: name, path, values, conditional = false, approvals, lasts } = parts;
  const role = parts.noRole ? undefined : census.roles.get(name);
  const keyedHolders = parts.holders
    .map((holder) => [holderKey(holder), holder] as const)
    .sort((a, b) => byCode(a[0], b[0]))
    .filter(([key], at, all) => at === 0 || key !== all[at - 1]?.[0]);
  const list = parts.listName ?? parts.list;
  const hashed = [
    rawText(census.cluster),
    kind,
    grade,
    rawText(name),
    // An index in a list is left out: another rule before this one does not change the finding.
    path.filter((key) => typeof key === 'string').join('.'),
    values.map(rawText).sort(byCode),
    conditional ? 'where' : '',
    list === undefined ? '' : rawText(list),
    approvals,
    lasts,
    fingerprint(census, parts),
    more,
  ];
  // A line break separates the texts, because JSON text contains none.
  const lines = [JSON.stringify(hashed), ...keyedHolders.map(([key]) => key)].join('\n');
  const id = createHash('sha256').update(lines).digest('hex').slice(0, 20);
  const holders = keyedHolders.map(([, holder]) => holder);
  return {
    ...parts,
    id,
    holders,
    conditional,
    locked: holders.length > 0 && holders.every(({ locked }) => locked === true),
    ...(role?.origin === undefined ? {} : { origin: role.origin }),
    ...(role?.builtIn === undefined ? {} : { preset: true }),
  };
}
