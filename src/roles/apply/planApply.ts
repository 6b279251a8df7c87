// Plans what Apply and Undo send. Pure functions of the wanted roles and the roles of the server.
import { isDeepStrictEqual } from 'node:util';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { inNotationOf, roleChanges, type FieldDiff } from '../role/roleDiff.ts';
import { applyOrder, roleNamesIn } from './applyOrder.ts';
import { ownerOf, resourceType } from '../role/roleOrigin.ts';
import { isName } from '../role/namePatterns.ts';
import { isPlainObject, valueAt, type Path, type PlainValue, type PlainObject } from '../role/value.ts';
import { writeYaml } from '../manifest/writeYaml.ts';
import type { RolePlan, PlanStatus, WantedRole } from './rolePlan.ts';

/**
 * Plans each role.
 * @returns the plans in the order of sending
 */
export function planRoles(
  wanted: readonly WantedRole[],
  serverRoles: readonly StoredResource[],
): readonly RolePlan[] {
  const plans = wanted.map((role) =>
    planRole(
      role,
      serverRoles.find(({ name }) => name === role.name),
    ),
  );
  const removed = new Set(plans.filter(({ status }) => status === 'removed').map(({ name }) => name));
  const known = new Set([...plans, ...serverRoles].map(({ name }) => name));
  const isMissing = (name: Untrusted): boolean =>
    isName(rawText(name)) && (!known.has(name) || removed.has(name));
  return applyOrder(plans).map((plan) => {
    const missing = roleNamesIn(plan).filter(isMissing);
    return missing.length > 0 ? { ...plan, missingRoles: [...new Set(missing)] } : plan;
  });
}

function planRole(wanted: WantedRole, held: StoredResource | undefined): RolePlan {
  const { name, manifestRevision } = wanted;
  const current = held?.document;
  const target = wanted.value && withoutRevision(wanted.value);
  const diffs = roleChanges(current, target);
  const plan = {
    name,
    manifestRevision,
    status: statusOf(current, target, diffs),
    value: target ?? {},
    bytes: target ? writeYaml(target) : '',
    held,
    heldText: current ? comparableText(current, target ?? {}) : '',
    diffs,
    preset: resourceType(current) === 'preset',
  };
  const owner = ownerOf(current) ?? ownerOf(target);
  if (owner !== undefined) return { ...plan, status: 'ownedElsewhere', owner };
  const stale = plan.status === 'same' ? undefined : staleBase(current, held?.revision ?? '', wanted);
  if (!stale) return plan;
  if (!stale.document) return { ...plan, status: 'stale' };
  const base = {
    text: writeYaml(withoutRevision(stale.document)),
    server: current ? comparableText(current, stale.document) : '',
  };
  const othersChanges = current ? roleChanges(stale.document, current) : [];
  return { ...plan, status: 'stale', base, overwritten: revertedBy(othersChanges, diffs) };
}

function statusOf(
  current: PlainObject | undefined,
  target: PlainObject | undefined,
  diffs: readonly FieldDiff[],
): PlanStatus {
  if (!current) return target ? 'new' : 'same';
  if (!target) return 'removed';
  return diffs.length === 0 ? 'same' : 'changed';
}

/** The parts of earlier changes that later changes revert. */
function revertedBy(earlier: readonly FieldDiff[], later: readonly FieldDiff[]): readonly FieldDiff[] {
  return earlier.flatMap(({ path, removed, added }) => {
    const diff = later.find((candidate) => isDeepStrictEqual(candidate.path, path));
    if (!diff) return [];
    const removedAgain = shared(added, diff.removed);
    const addedAgain = shared(removed, diff.added);
    // One value replaces another, so the new value belongs to the diff even when its notation differs.
    const isReplacement = diff.removed.length === 1 && diff.added.length === 1;
    return removedAgain.length + addedAgain.length > 0
      ? [{ path, removed: removedAgain, added: isReplacement ? diff.added : addedAgain }]
      : [];
  });
}

/** The items that both lists have. */
const shared = (list: readonly PlainValue[], other: readonly PlainValue[]): readonly PlainValue[] =>
  list.filter((item) => other.some((otherItem) => isDeepStrictEqual(item, otherItem)));

/**
 * Writes a role of the server for a diff with another one. All values are the server's own, in its own order; only their
 * layout and notation are those of the other role. What the server filled in by itself and the other role leaves out is
 * left out.
 */
function comparableText(document: PlainObject, otherDocument: PlainObject): string {
  const [value, other] = [withoutRevision(document), withoutRevision(otherDocument)];
  const changed = roleChanges(value, other).map(({ path }) => path);
  return writeYaml(withoutFilledIn(value, other, [], changed), other);
}

/** Leaves out the unchanged fields that the other role does not have: the defaults that the server filled in. */
function withoutFilledIn(
  value: PlainObject,
  other: PlainObject,
  path: Path,
  changed: readonly Path[],
): PlainObject {
  const entries = Object.entries(value).flatMap(([key, own]): [string, PlainValue][] => {
    const keyPath = [...path, key];
    const isChanged = changed.some((changedPath) =>
      keyPath.every((part, index) => changedPath[index] === part || index >= changedPath.length),
    );
    const others = valueAt(other, [key]);
    if (!isChanged && others === undefined) return [];
    if (isPlainObject(own) && isPlainObject(others ?? {}))
      return [[key, withoutFilledIn(own, isPlainObject(others) ? others : {}, keyPath, changed)]];
    return [[key, inNotationOf(own, others, keyPath)]];
  });
  return Object.fromEntries(entries);
}

/**
 * The version that the change is based on, when the server has another version by now. Its document is
 * undefined when that version was not stored.
 * @returns undefined when the change is based on the server's current version
 */
function staleBase(
  current: PlainObject | undefined,
  revision: string,
  { base, manifestRevision }: WantedRole,
): { readonly document?: PlainObject } | undefined {
  const namesCurrent = manifestRevision === revision;
  const isAccepted =
    base?.instead !== undefined && base.instead === manifestRevision && base.revision === revision;
  const isManifestCurrent = manifestRevision === undefined || namesCurrent || isAccepted;
  if (isManifestCurrent && (!base || base.revision === revision || namesCurrent)) return undefined;
  if (!base || (manifestRevision !== undefined && manifestRevision !== base.revision)) return {};
  // A new revision with the same content, such as a change that was reverted: nobody's change is lost.
  const hasChanged = !current || roleChanges(base.document, current).length > 0;
  return hasChanged ? { document: base.document } : undefined;
}

/** The role without its revision. The server assigns revisions, so none is ever sent. */
function withoutRevision(value: PlainObject): PlainObject {
  const { metadata } = value;
  if (!isPlainObject(metadata)) return value;
  const others = Object.entries(metadata).filter(([key]) => key !== 'revision');
  return { ...value, metadata: Object.fromEntries(others) };
}
