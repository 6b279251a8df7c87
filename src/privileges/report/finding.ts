import { createHash } from 'node:crypto';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { fingerprint } from './fingerprint.ts';
import type { Census } from '../census/census.ts';
import type { FindingSeverity } from '../powers/severity.ts';
import type { Holder } from '../census/holders.ts';
import type { Path } from '../../roles/role/value.ts';
import type { FindingKind } from './findingKind.ts';

/** A problem in the privileges of a cluster. */
export interface Finding {
  /**
   * A hash of the cluster, kind, grade, role, field, values, holders and reach. So another holder or a wider
   * reach makes another finding, which no existing exception accepts.
   */
  readonly id: string;
  readonly kind: FindingKind;
  readonly grade: FindingSeverity;
  /** The role to change. */
  readonly role: Untrusted;
  /** The field of the role to change. */
  readonly path: Path;
  readonly values: readonly Untrusted[];
  readonly holders: readonly Holder[];
  /** Whether the right applies only under the condition of a rule, which is not evaluated. */
  readonly conditional: boolean;
  /** Whether every holder is locked. */
  readonly locked: boolean;
  /** The tool that owns the role, such as Terraform. */
  readonly origin?: Untrusted;
  /** Whether Teleport itself creates the role. */
  readonly preset?: boolean;
  /** Whether the change belongs in an SSO connector or a trusted cluster and not in a role. */
  readonly noRole?: boolean;
  /** The title of the access list that gives the right; another list may have the same title. */
  readonly list?: Untrusted;
  /** The name of that access list, which is unique. */
  readonly listName?: Untrusted;
  /** How many approvals a request needs now. */
  readonly approvals?: number;
  /** How long a session or grant may last now, in ms; absent where nothing limits it. */
  readonly lasts?: number;
}

/** The kinds of findings about access requests; all other kinds are about rights that are held. */
const requestKinds: ReadonlySet<FindingKind> = new Set([
  ...(['oneApproval', 'nobodyApproves', 'tooLong', 'longGrant'] as const),
]);

/** Whether a finding is about permanently held admin rights. */
export const isStanding = ({ kind, grade }: Finding): boolean =>
  !requestKinds.has(kind) && (grade === 'critical' || grade === 'high');

/** What the id of a finding is computed from beside the finding itself. */
interface FindingContext {
  readonly census: Census;
  /** Any further text that the id depends on. */
  readonly more?: string;
}

/** Returns the fields of a finding that describe its role. */
export function roleDetails(
  census: Census,
  name: Untrusted,
): Pick<Finding, 'origin' | 'preset'> & FindingContext {
  const role = census.roles.get(name);
  return {
    census,
    ...(role?.origin === undefined ? {} : { origin: role.origin }),
    ...(role?.builtIn === undefined ? {} : { preset: true }),
  };
}

const cachedKeys = new WeakMap<Holder, string>();

/**
 * Returns a text that identifies a holder, to compare and to sort holders. The ids of findings depend on it.
 */
export function holderKey(holder: Holder): string {
  const cached = cachedKeys.get(holder);
  if (cached !== undefined) return cached;
  const { kind, name, type = '', claim, value, list, listName = list } = holder;
  const key = JSON.stringify([kind, type, name, claim, value, listName]);
  cachedKeys.set(holder, key);
  return key;
}

const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Creates a finding: computes its id, sorts its holders and removes duplicate holders. */
export function createFinding({
  census,
  more = '',
  ...fields
}: Omit<Finding, 'id' | 'locked'> & FindingContext): Finding {
  const keyedHolders = fields.holders
    .map((holder) => [holderKey(holder), holder] as const)
    .sort((a, b) => byCode(a[0], b[0]))
    .filter(([key], at, all) => at === 0 || key !== all[at - 1]?.[0]);
  const list = fields.listName ?? fields.list;
  const hashed = [
    rawText(census.cluster),
    fields.kind,
    fields.grade,
    rawText(fields.role),
    // An index in a list is left out: another rule before this one does not change the finding.
    fields.path.filter((key) => typeof key === 'string').join('.'),
    fields.values.map(rawText).sort(byCode),
    fields.conditional ? 'where' : '',
    list === undefined ? '' : rawText(list),
    fields.approvals,
    fields.lasts,
    fingerprint(census, fields),
    more,
  ];
  // A line break separates the texts, because JSON text contains none.
  const lines = [JSON.stringify(hashed), ...keyedHolders.map(([key]) => key)].join('\n');
  const id = createHash('sha256').update(lines).digest('hex').slice(0, 20);
  const holders = keyedHolders.map(([, holder]) => holder);
  return {
    ...fields,
    id,
    holders,
    locked: holders.length > 0 && holders.every(({ locked }) => locked === true),
  };
}
