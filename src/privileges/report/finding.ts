import { createHash } from 'node:crypto';
import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import { fingerprint } from './fingerprint.ts';
import type { Census } from '../census/census.ts';
import type { FindingSeverity } from '../powers/severity.ts';
import type { PowerKind } from '../powers/powers.ts';
import type { Holder } from '../census/holders.ts';
import type { Path } from '../../roles/role/value.ts';

/**
 * What was found: a power somebody holds for good, or
 * - `ownsList`: may add anybody to an access list that gives admin rights.
 * - `openMapping`: an identity provider names the roles itself.
 * - `oneApproval`: one approval makes somebody able to change roles.
 * - `nobodyApproves`: may be asked for, and too few are there to approve.
 * - `tooLong`: an admin role that lasts longer than the team wants. - `longGrant`: a grant of over two weeks.
 */
export type FindingKind =
  PowerKind | 'ownsList' | 'openMapping' | 'oneApproval' | 'nobodyApproves' | 'tooLong' | 'longGrant';

export interface Finding {
  /**
   * Of what it is about: the cluster, kind, grade, role, field, values and holders, and how far it reaches. Another
   * holder, and a wider reach, make another finding.
   */
  readonly id: string;
  readonly kind: FindingKind;
  readonly grade: FindingSeverity;
  /** The role to change, and where in it. */
  readonly role: Untrusted;
  readonly path: Path;
  readonly values: readonly Untrusted[];
  readonly holders: readonly Holder[];
  /** Only under a rule's condition, which was not looked into. */
  readonly conditional: boolean;
  /** Every holder is locked. */
  readonly locked: boolean;
  /** Who else writes the role, such as Terraform. */
  readonly origin?: Untrusted;
  /** The role is one of Teleport's own. */
  readonly preset?: boolean;
  /** What is to be changed is no role: a mapping of a connector. */
  readonly noRole?: boolean;
  /** The access list that gives it: its title, which others may have too, and its name. */
  readonly list?: Untrusted;
  readonly listName?: Untrusted;
  /** How many approvals it takes now. */
  readonly approvals?: number;
  /** How long it lasts now, in ms; absent where nothing limits it. */
  readonly lasts?: number;
}

/** Kinds that are held; the others are about asking for something. */
const asking: ReadonlySet<FindingKind> = new Set([
  ...(['oneApproval', 'nobodyApproves', 'tooLong', 'longGrant'] as const),
]);

/** Whether a finding says that somebody holds admin rights permanently. */
export const isStanding = ({ kind, grade }: Finding): boolean =>
  !asking.has(kind) && (grade === 'critical' || grade === 'high');

/** Where a finding was made; `more` is what else it stands on. */
interface Within {
  readonly census: Census;
  readonly more?: string;
}

/** What a finding says of the role it is about. */
export function ofRole(census: Census, name: Untrusted): Pick<Finding, 'origin' | 'preset'> & Within {
  const role = census.roles.get(name);
  return {
    census,
    ...(role?.origin === undefined ? {} : { origin: role.origin }),
    ...(role?.made === undefined ? {} : { preset: true }),
  };
}

const keys = new WeakMap<Holder, string>();

/** A holder as one text, to compare and to sort. */
export function holderKey(holder: Holder): string {
  const before = keys.get(holder);
  if (before !== undefined) return before;
  const { kind, name, type = '', claim, value, list, listName = list } = holder;
  const key = JSON.stringify([kind, type, name, claim, value, listName]);
  keys.set(holder, key);
  return key;
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A finding with its id, its holders in order, each once. */
export function finding({ census, more = '', ...of }: Omit<Finding, 'id' | 'locked'> & Within): Finding {
  const keyed = of.holders
    .map((holder) => [holderKey(holder), holder] as const)
    .sort((a, b) => byCode(a[0], b[0]))
    .filter(([key], at, all) => at === 0 || key !== all[at - 1]?.[0]);
  const list = of.listName ?? of.list;
  const about = [
    rawText(census.cluster),
    of.kind,
    of.grade,
    rawText(of.role),
    // Where in a list it stands says nothing of what it is.
    of.path.filter((key) => typeof key === 'string').join('.'),
    of.values.map(rawText).sort(byCode),
    of.conditional ? 'where' : '',
    list === undefined ? '' : rawText(list),
    of.approvals,
    of.lasts,
    fingerprint(census, of),
    more,
  ];
  // One line each: no text of JSON holds the end of a line.
  const lines = [JSON.stringify(about), ...keyed.map(([key]) => key)].join('\n');
  const id = createHash('sha256').update(lines).digest('hex').slice(0, 20);
  const holders = keyed.map(([, holder]) => holder);
  return { ...of, id, holders, locked: holders.length > 0 && holders.every(({ locked }) => locked === true) };
}
