// Plans what Apply sends. Pure functions of the texts of the chosen files and the roles of the server.
import { isDeepStrictEqual } from 'node:util';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { BaseVersion } from './baseVersions.ts';
import { roleChanges, type FieldDiff } from '../role/roleDiff.ts';
import { parseManifest, type RoleDocument } from '../manifest/parseManifest.ts';
import type { Problem } from '../manifest/problem.ts';
import { applyOrder, roleNamesIn } from './applyOrder.ts';
import { ownerOf, resourceType } from '../role/roleOrigin.ts';
import { isName } from '../role/namePatterns.ts';
import { isPlainObject, valueAt, type Path, type PlainValue, type PlainObject } from '../role/value.ts';
import { writeYaml } from '../manifest/writeYaml.ts';
import type { RolePlan, PlanStatus } from './rolePlan.ts';

/** A chosen manifest. For an open file the text is the editor's text, saved or not. */
export interface ManifestSource {
  /** The URI of the file, which identifies it. */
  readonly file: string;
  readonly text: string;
}

/** The reason why Apply sends none of the chosen roles. */
export type ApplyRefusal =
  | {
      readonly kind: 'problem';
      readonly source: ManifestSource;
      readonly problem: Problem;
      readonly line: number;
    }
  | { readonly kind: 'empty'; readonly source: ManifestSource }
  | {
      readonly kind: 'twice' | 'system' | 'unwritable';
      readonly source: ManifestSource;
      readonly name: Untrusted;
      readonly line: number;
    };

/** A role to apply, with its place in a chosen manifest. */
export interface ManifestRole {
  readonly source: ManifestSource;
  readonly document: RoleDocument;
  /** The line of the role in the file; the first line is 1. */
  readonly line: number;
}

/**
 * Reads the roles of the chosen files. One error refuses all files, because the
 * user meant to apply them together.
 */
export function readSources(
  sources: readonly ManifestSource[],
  serverRoles: readonly StoredResource[],
): readonly ManifestRole[] | ApplyRefusal {
  const roles: ManifestRole[] = [];
  for (const source of sources) {
    const { documents, problems } = parseManifest(source.text);
    const problem = problems.find(
      (candidate) => candidate.severity === 'error' && !isKnownToServer(candidate, serverRoles),
    );
    if (problem) return { kind: 'problem', source, problem, line: lineAt(source.text, problem.span.start) };
    if (documents.length === 0) return { kind: 'empty', source };
    for (const document of documents) {
      const line = lineAt(source.text, document.span.start);
      const { name } = document;
      if (roles.some((other) => other.document.name === name)) return { kind: 'twice', source, name, line };
      if (
        resourceType(findRole(serverRoles, name)?.document) === 'system' ||
        resourceType(document.value) === 'system'
      )
        return { kind: 'system', source, name, line };
      if (!canBeWritten(document.value)) return { kind: 'unwritable', source, name, line };
      roles.push({ source, document, line });
    }
  }
  return roles;
}

/**
 * Plans each role.
 * @returns the plans in the order of sending
 */
export function planRoles(
  roles: readonly ManifestRole[],
  serverRoles: readonly StoredResource[],
  baseOf: (name: Untrusted) => BaseVersion | undefined,
): readonly RolePlan[] {
  const plans = roles.map(({ document: { name, value } }) =>
    planRole(name, value, findRole(serverRoles, name), baseOf(name)),
  );
  const existing = new Set([...plans, ...serverRoles].map(({ name }) => name));
  return applyOrder(plans).map((plan) => {
    const missing = roleNamesIn(plan).filter((name) => isName(rawText(name)) && !existing.has(name));
    return missing.length > 0 ? { ...plan, missingRoles: [...new Set(missing)] } : plan;
  });
}

/** Plans one role. The revision in its manifest is compared with the server's revision and not sent. */
function planRole(
  name: Untrusted,
  value: PlainObject,
  held: StoredResource | undefined,
  baseVersion: BaseVersion | undefined,
): RolePlan {
  const { rest, revision: manifestRevision } = withoutRevision(value);
  const plan = {
    ...planOverwrite(name, rest, held),
    ...(manifestRevision === undefined ? {} : { manifestRevision }),
  };
  const current = held?.document;
  const owner = ownerOf(current) ?? ownerOf(rest);
  if (owner !== undefined) return { ...plan, status: 'ownedElsewhere', owner };
  const stale =
    plan.status === 'same'
      ? undefined
      : staleBase(current, held?.revision ?? '', baseVersion, manifestRevision);
  if (!stale) return plan;
  if (!stale.document) return { ...plan, status: 'stale' };
  const base = {
    text: writeYaml(withoutRevision(stale.document).rest),
    server: current ? comparableText(current, stale.document) : '',
  };
  const othersChanges = current ? roleChanges(stale.document, current) : [];
  return { ...plan, status: 'stale', base, overwritten: revertedBy(othersChanges, plan.diffs) };
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
 * Plans to replace the server's role without checking for changes by others.
 * @param value the role to send; undefined to remove the role
 */
export function planOverwrite(
  name: Untrusted,
  value: PlainObject | undefined,
  held: StoredResource | undefined,
): RolePlan {
  const current = held?.document;
  const target = value && withoutRevision(value).rest;
  const diffs = roleChanges(current, target);
  return {
    name,
    status: statusOf(current, target, diffs),
    value: target ?? {},
    bytes: target ? writeYaml(target) : '',
    held,
    heldText: current ? comparableText(current, target ?? {}) : '',
    diffs,
    preset: resourceType(current) === 'preset',
  };
}

function statusOf(
  current: PlainObject | undefined,
  target: PlainObject | undefined,
  diffs: readonly FieldDiff[],
): PlanStatus {
  if (current === undefined) return 'new';
  if (target === undefined) return 'removed';
  return diffs.length === 0 ? 'same' : 'changed';
}

/**
 * Writes a role for a diff with another one: equal meanings get equal text, so that only real changes differ.
 */
export function comparableText(document: PlainObject, otherDocument: PlainObject): string {
  const { rest } = withoutRevision(document);
  const { rest: other } = withoutRevision(otherDocument);
  const changed = roleChanges(rest, other).map(({ path }) => path);
  return writeYaml(withoutFilledIn(rest, other, [], changed), other);
}

/** Takes unchanged fields from the other role, which drops the defaults that the server filled in. */
function withoutFilledIn(
  value: PlainObject,
  other: PlainObject,
  path: Path,
  changed: readonly Path[],
): PlainObject {
  const entries = Object.keys({ ...other, ...value }).flatMap((key): [string, PlainValue][] => {
    const keyPath = [...path, key];
    const isChanged = changed.some((changedPath) =>
      keyPath.every((part, index) => changedPath[index] === part || index >= changedPath.length),
    );
    const [own, others] = [valueAt(value, [key]), valueAt(other, [key])];
    if (!isChanged) return others === undefined ? [] : [[key, others]];
    const otherMap = others ?? {};
    if (isPlainObject(own) && isPlainObject(otherMap))
      return [[key, withoutFilledIn(own, otherMap, keyPath, changed)]];
    return own === undefined ? [] : [[key, own]];
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
  base: BaseVersion | undefined,
  manifestRevision: string | undefined,
): { readonly document?: PlainObject } | undefined {
  const isAccepted =
    base?.instead !== undefined && base.instead === manifestRevision && base.revision === revision;
  const isManifestCurrent = manifestRevision === undefined || manifestRevision === revision || isAccepted;
  const isBaseCurrent =
    !base || base.revision === revision || (manifestRevision !== undefined && manifestRevision === revision);
  if (isManifestCurrent && isBaseCurrent) return undefined;
  if (!base || (manifestRevision !== undefined && manifestRevision !== base.revision)) return {};
  // A new revision with the same content: applying loses nobody's change.
  const hasChanged =
    current === undefined ||
    roleChanges(base.document, current).length + roleChanges(current, base.document).length > 0;
  return hasChanged ? { document: base.document } : undefined;
}

function canBeWritten(value: PlainObject): boolean {
  try {
    writeYaml(value);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The first source whose text changed or that no longer exists. */
export const firstChangedSource = (
  before: readonly ManifestSource[],
  now: readonly ManifestSource[],
): ManifestSource | undefined =>
  before.find(({ file, text }) => now.find((source) => source.file === file)?.text !== text);

const findRole = (serverRoles: readonly StoredResource[], name: Untrusted): StoredResource | undefined =>
  serverRoles.find((role) => role.name === name);

/** Whether the problem is only a field that our schema does not know and that the server's role has. */
function isKnownToServer({ code, path, role }: Problem, serverRoles: readonly StoredResource[]): boolean {
  if (code !== 'unknownField' || !path || role === undefined) return false;
  return valueAt(findRole(serverRoles, role)?.document, path) !== undefined;
}

/**
 * Separates the revision from a role. The server assigns revisions, so a
 * revision in a document is never sent.
 */
function withoutRevision(value: PlainObject): {
  readonly rest: PlainObject;
  readonly revision?: string;
} {
  const { metadata } = value;
  if (!isPlainObject(metadata) || !('revision' in metadata)) return { rest: value };
  const { revision, ...others } = metadata;
  const given = typeof revision === 'string' && revision !== '' ? { revision } : {};
  return { rest: { ...value, metadata: others }, ...given };
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;
