// What Apply would do: pure, from the texts of the chosen files and what the server holds.
import { isDeepStrictEqual } from 'node:util';
import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import type { BaseVersion } from './baseVersions.ts';
import { roleChanges, type FieldLine } from '../role/roleDiff.ts';
import { parseManifest, type Problem, type RoleDocument } from '../manifest/parseManifest.ts';
import { applyOrder, roleNamesIn } from './applyOrder.ts';
import { ownerOf, resourceType } from '../role/roleOrigin.ts';
import { isName } from '../role/namePatterns.ts';
import { isPlainObject, valueAt, type Path, type Plain, type PlainObject } from '../role/value.ts';
import { writeYaml } from '../manifest/writeYaml.ts';

/** A manifest as it was chosen: the text in the editor where it is open, saved or not. */
export interface Source {
  /** Its address, which tells files apart. */
  readonly file: string;
  readonly text: string;
}

/** Why nothing of what was chosen is applied. */
export type ApplyRefusal =
  | { readonly kind: 'problem'; readonly source: Source; readonly problem: Problem; readonly line: number }
  | { readonly kind: 'empty'; readonly source: Source }
  | {
      readonly kind: 'twice' | 'system' | 'unwritable';
      readonly source: Source;
      readonly name: Untrusted;
      readonly line: number;
    };

/** A role in a chosen file. */
export interface Wanted {
  readonly source: Source;
  readonly document: RoleDocument;
  /** 1 for the first line of the file. */
  readonly line: number;
}

/**
 * What would become of a role.
 * `stale`: the server's version is not the one that the change began from. `ownedElsewhere`: another program keeps the
 * role, which would overwrite what is applied; it is shown and never sent. `removed`: it goes, which only an undo does.
 */
export type Fate = 'new' | 'changed' | 'same' | 'ownedElsewhere' | 'stale' | 'removed';

export interface RolePlan {
  readonly name: Untrusted;
  readonly fate: Fate;
  /** Exactly what is sent, and shown. */
  readonly bytes: string;
  readonly value: PlainObject;
  /** What the server held when it was read; undefined for a role that is not there. */
  readonly held: StoredResource | undefined;
  /** The server's version, written as ours is; empty where there is none. */
  readonly heldText: string;
  readonly lines: readonly FieldLine[];
  /** Who keeps it: terraform, kubernetes, okta … */
  readonly owner?: Untrusted;
  /** One of the roles that Teleport makes itself. */
  readonly preset: boolean;
  /** What a change began from that is stale, where that is known, and the server's version beside it. */
  readonly base?: { readonly text: string; readonly server: string };
  /** Of a stale role: what somebody changed on the server since, and this takes away again. */
  readonly undoes?: readonly FieldLine[];
  /** Roles that it lets people ask for, and that are neither on the server nor applied with it. */
  readonly lacks?: readonly Untrusted[];
  /** The revision that the manifest names. */
  readonly named?: string;
}

/** Reads the chosen files. Any error refuses everything: half of what was meant is not what was meant. */
export function readSources(
  sources: readonly Source[],
  held: readonly StoredResource[],
): readonly Wanted[] | ApplyRefusal {
  const wanted: Wanted[] = [];
  for (const source of sources) {
    const { documents, problems } = parseManifest(source.text);
    const problem = problems.find((one) => one.severity === 'error' && !isKnownToServer(one, held));
    if (problem) return { kind: 'problem', source, problem, line: lineAt(source.text, problem.span.start) };
    if (documents.length === 0) return { kind: 'empty', source };
    for (const document of documents) {
      const line = lineAt(source.text, document.span.start);
      const { name } = document;
      if (wanted.some((other) => other.document.name === name)) return { kind: 'twice', source, name, line };
      if (
        resourceType(plainOf(holding(held, name))) === 'system' ||
        resourceType(document.value) === 'system'
      )
        return { kind: 'system', source, name, line };
      if (!canBeWritten(document.value)) return { kind: 'unwritable', source, name, line };
      wanted.push({ source, document, line });
    }
  }
  return wanted;
}

/** Plans each role, in the order in which they are sent. */
export function planRoles(
  wanted: readonly Wanted[],
  held: readonly StoredResource[],
  baseOf: (name: Untrusted) => BaseVersion | undefined,
): readonly RolePlan[] {
  const plans = wanted.map(({ document: { name, value } }) =>
    planRole(name, value, holding(held, name), baseOf(name)),
  );
  const there = new Set([...plans, ...held].map(({ name }) => name));
  return applyOrder(plans).map((plan) => {
    const lacks = roleNamesIn(plan).filter((name) => isName(rawText(name)) && !there.has(name));
    return lacks.length > 0 ? { ...plan, lacks: [...new Set(lacks)] } : plan;
  });
}

/** Plans one role. A revision in its manifest is compared, not sent. */
function planRole(
  name: Untrusted,
  value: PlainObject,
  held: StoredResource | undefined,
  begun: BaseVersion | undefined,
): RolePlan {
  const { rest, revision: named } = withoutRevision(value);
  const plan = { ...planOver(name, rest, held), ...(named === undefined ? {} : { named }) };
  const holds = plainOf(held);
  const owner = ownerOf(holds) ?? ownerOf(rest);
  if (owner !== undefined) return { ...plan, fate: 'ownedElsewhere', owner };
  const from = plan.fate === 'same' ? undefined : movedFrom(holds, held?.revision ?? '', begun, named);
  if (!from) return plan;
  if (!from.document) return { ...plan, fate: 'stale' };
  const base = {
    text: writeYaml(withoutRevision(from.document).rest),
    server: holds ? textBeside(holds, from.document) : '',
  };
  const since = holds ? roleChanges(from.document, holds) : [];
  return { ...plan, fate: 'stale', base, undoes: undoneOf(since, plan.lines) };
}

/** Of these changes, what further ones take back. */
function undoneOf(changes: readonly FieldLine[], by: readonly FieldLine[]): readonly FieldLine[] {
  return changes.flatMap(({ path, removed, added }) => {
    const back = by.find((line) => isDeepStrictEqual(line.path, path));
    if (!back) return [];
    const goes = shared(added, back.removed);
    const returns = shared(removed, back.added);
    // One value in place of another: what comes instead belongs to it, however it is written.
    const isOne = back.removed.length === 1 && back.added.length === 1;
    return goes.length + returns.length > 0
      ? [{ path, removed: goes, added: isOne ? back.added : returns }]
      : [];
  });
}

const shared = (list: readonly Plain[], other: readonly Plain[]): readonly Plain[] =>
  list.filter((item) => other.some((one) => isDeepStrictEqual(item, one)));

/**
 * Plans to put a role over what the server holds, whatever that is.
 * @param value undefined: the role is to go
 */
export function planOver(
  name: Untrusted,
  value: PlainObject | undefined,
  held: StoredResource | undefined,
): RolePlan {
  const holds = plainOf(held);
  const wanted = value && withoutRevision(value).rest;
  const lines = roleChanges(holds, wanted);
  return {
    name,
    fate: fateOver(holds, wanted, lines),
    value: wanted ?? {},
    bytes: wanted ? writeYaml(wanted) : '',
    held,
    heldText: holds ? textBeside(holds, wanted ?? {}) : '',
    lines,
    preset: resourceType(holds) === 'preset',
  };
}

function fateOver(
  holds: PlainObject | undefined,
  wanted: PlainObject | undefined,
  lines: readonly FieldLine[],
): Fate {
  if (holds === undefined) return 'new';
  if (wanted === undefined) return 'removed';
  return lines.length === 0 ? 'same' : 'changed';
}

/** A role as it is read beside another: what means the same is written the same, so that only changes differ. */
export function textBeside(document: PlainObject, beside: PlainObject): string {
  const { rest } = withoutRevision(document);
  const { rest: other } = withoutRevision(beside);
  const changed = roleChanges(rest, other).map(({ path }) => path);
  return writeYaml(written(rest, other, [], changed), other);
}

/** What the server filled in by itself, and nothing changes, is left out. */
function written(value: PlainObject, other: PlainObject, path: Path, changed: readonly Path[]): PlainObject {
  const entries = Object.keys({ ...other, ...value }).flatMap((key): [string, Plain][] => {
    const here = [...path, key];
    const touches = changed.some((one) => here.every((part, at) => one[at] === part || at >= one.length));
    const [mine, theirs] = [valueAt(value, [key]), valueAt(other, [key])];
    if (!touches) return theirs === undefined ? [] : [[key, theirs]];
    const beside = theirs ?? {};
    if (isPlainObject(mine) && isPlainObject(beside)) return [[key, written(mine, beside, here, changed)]];
    return mine === undefined ? [] : [[key, mine]];
  });
  return Object.fromEntries(entries);
}

/** What the change began from, if the server holds something else by now. */
function movedFrom(
  holds: PlainObject | undefined,
  revision: string,
  base: BaseVersion | undefined,
  named: string | undefined,
): { readonly document?: PlainObject } | undefined {
  const agreed = base?.instead !== undefined && base.instead === named && base.revision === revision;
  const isNamed = named === undefined || named === revision || agreed;
  const isBase = !base || base.revision === revision || (named !== undefined && named === revision);
  if (isNamed && isBase) return undefined;
  if (!base || (named !== undefined && named !== base.revision)) return {};
  // Written anew, with the same in it: nobody's change is lost.
  const moved =
    holds === undefined ||
    roleChanges(base.document, holds).length + roleChanges(holds, base.document).length > 0;
  return moved ? { document: base.document } : undefined;
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

/** The first file whose text is not what it was, or that is no longer there. */
export const firstChanged = (before: readonly Source[], now: readonly Source[]): Source | undefined =>
  before.find(({ file, text }) => now.find((one) => one.file === file)?.text !== text);

const holding = (held: readonly StoredResource[], name: Untrusted): StoredResource | undefined =>
  held.find((one) => one.name === name);

/** A role of the server, which came as JSON. */
export function plainOf(held: StoredResource): PlainObject;
export function plainOf(held: StoredResource | undefined): PlainObject | undefined;
export function plainOf(held: StoredResource | undefined): PlainObject | undefined {
  return held?.document as PlainObject | undefined;
}

/** A field that no list of ours knows is right where the server's role has that very field. */
function isKnownToServer({ code, path, role }: Problem, held: readonly StoredResource[]): boolean {
  if (code !== 'unknownField' || !path || role === undefined) return false;
  return valueAt(plainOf(holding(held, role)), path) !== undefined;
}

/** The server gives a role its revision; a document that names one does not decide it. */
export function withoutRevision(value: PlainObject): {
  readonly rest: PlainObject;
  readonly revision?: string;
} {
  const { metadata } = value;
  if (!isPlainObject(metadata) || !('revision' in metadata)) return { rest: value };
  const { revision, ...others } = metadata;
  const named = typeof revision === 'string' && revision !== '' ? { revision } : {};
  return { rest: { ...value, metadata: others }, ...named };
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;
