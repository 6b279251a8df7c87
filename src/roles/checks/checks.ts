import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { canRequireReason } from '../setup/answers.ts';
import { editsRoles, RoleGraph } from './knownRoles.ts';
import { writeDuration } from '../role/duration.ts';
import { enterpriseFieldsOf } from '../role/edition.ts';
import { changeText, type FieldChange } from '../manifest/changeManifest.ts';
import { allowsAny, contentOf, rolePaths, type RoleContent } from '../role/roleContent.ts';
import { enterprisePresets, presetsOfBothEditions } from '../role/roleOrigin.ts';
import { isUnset } from '../role/roleSchema.ts';
import type { Manifest, RoleDocument } from '../manifest/parseManifest.ts';
import { isName } from '../role/namePatterns.ts';
import { textAt, textsAt, valueAt, type Path } from '../role/value.ts';
import {
  mostProblems,
  type CheckCode,
  type Fix,
  type FixCode,
  type Problem,
  type Severity,
  type TextEdit,
} from '../manifest/problem.ts';
import { wildcardsOf } from './wildcards.ts';
import type { CheckContext } from './checkContext.ts';

/** Roles that Teleport itself creates, so a manifest may name them although no file defines them. */
const presets = [...presetsOfBothEditions, ...enterprisePresets];

const hour = 3_600_000;

/** The smallest single edit that turns the first text into the second. */
function editBetween(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { span: { start, end: before.length - tail }, text: after.slice(start, after.length - tail) };
}

/** A fix that computes its edits on first use, because a file may have hundreds of fixes. */
function fix(
  text: string,
  role: Untrusted,
  code: FixCode,
  names: readonly string[],
  ...changes: FieldChange[]
): Fix {
  let edits: readonly TextEdit[] | undefined;
  return {
    code,
    names: names.map(untrusted),
    get edits() {
      if (edits) return edits;
      try {
        edits = [editBetween(text, changeText(text, role, changes))];
      } catch {
        // The YAML does not allow the change in place, so the fix has no edits.
        edits = [];
      }
      return edits;
    },
  };
}

/** Whether a request that the role allows needs two approvals at least. */
const needsTwo = ({ allow }: RoleContent): boolean => allow.request.approvals >= 2;

/** The checks of one role of a manifest. */
class Checks {
  readonly #text: string;
  readonly #document: RoleDocument;
  readonly #content: RoleContent;
  readonly #graph: RoleGraph;
  readonly #context: CheckContext;
  readonly #name: string;

  constructor(manifest: Manifest, document: RoleDocument, graph: RoleGraph, context: CheckContext) {
    this.#text = manifest.text;
    this.#document = document;
    this.#content = contentOf(document.value);
    this.#graph = graph;
    this.#context = context;
    this.#name = rawText(document.name);
  }

  /** Runs all checks and yields the problems that they find. */
  *all(): Generator<Problem> {
    if (this.#graph.isHeld(this.#name)) yield* this.#standing();
    if (this.#graph.requestingRoles(this.#name).length > 0) yield* this.#sessionLimit();
    yield* this.#requestableRoles();
    yield* this.#ownRequests();
    yield* this.#oneApproval();
    yield* this.#edition();
  }

  #problem(
    code: CheckCode,
    path: Path,
    names: readonly string[],
    fixes: readonly Fix[] = [],
    severity: Severity = 'warning',
  ): Problem {
    const { name: role } = this.#document;
    const span = this.#document.spanAt(path);
    return { code, severity, span, names: [this.#name, ...names].map(untrusted), fixes, role, path };
  }

  #fix(code: FixCode, names: readonly string[], ...changes: FieldChange[]): Fix {
    return fix(this.#text, this.#document.name, code, names, ...changes);
  }

  #remove(path: Path, ...names: readonly string[]): Fix {
    return this.#fix('remove', names, { path, unset: true });
  }

  /** Finds standing access without limit, in a role that users hold without a request. */
  *#standing(): Generator<Problem> {
    const { value } = this.#document;
    const groups = ['spec', 'allow', 'kubernetes_groups'];
    for (const [index, group] of textsAt(value, groups).entries()) {
      const path = [...groups, index];
      if (group === 'system:masters')
        yield this.#problem('standingAdmin', path, ['kubernetes_groups', group], [this.#remove(path, group)]);
    }
    for (const { path, field, value: star } of wildcardsOf(value))
      yield this.#problem('standingWildcard', path, [field, star], [this.#remove(path, star)]);
  }

  /** Finds a missing or too long session limit in a requestable role. */
  *#sessionLimit(): Generator<Problem> {
    const { sessionLimit: limit } = this.#context;
    const { sessionLimit: length } = this.#content;
    const path = rolePaths.sessionLimit;
    const short = writeDuration(Math.min(limit, hour));
    const fixes = [this.#fix('setSessionLimit', [short], { path, set: short })];
    if (length === 0 || isUnset(valueAt(this.#document.value, path)))
      yield this.#problem('noSessionLimit', ['metadata', 'name'], [writeDuration(limit)], fixes);
    else if (length !== undefined && (length > limit || length < 0))
      yield this.#problem('sessionTooLong', path, [length, limit].map(writeDuration), fixes);
  }

  /** Finds requestable roles that do not exist, and requests without a required reason. */
  *#requestableRoles(): Generator<Problem> {
    const { patterns, requiresReason } = this.#content.allow.request;
    const { serverRoles, version } = this.#context;
    for (const { pattern, path } of patterns) {
      if (!isName(pattern) || this.#graph.roles.has(pattern)) continue;
      const near = this.#graph.similarName(pattern);
      // Without the server's roles, a role that no file defines may still exist on the server.
      if (!serverRoles && (near === undefined || presets.includes(pattern))) continue;
      const nearNames = near === undefined ? [] : [near];
      const renames = nearNames.map((set) => this.#fix('rename', [set], { path, set }));
      const fixes = [...renames, this.#remove(path, pattern)];
      yield this.#problem('requestsMissingRole', path, [pattern, ...nearNames], fixes);
    }
    const [first] = patterns;
    if (!first || requiresReason || (version !== undefined && !canRequireReason(version))) return;
    const requireReason = this.#fix('requireReason', [], { path: rolePaths.reasonMode, set: 'required' });
    yield this.#problem('reasonNotRequired', first.path, [], [requireReason], 'info');
  }

  /**
   * Finds roles that both request and may set the state of requests. The server refuses a user's review of
   * their own request, but lets `tctl` set its state.
   */
  *#ownRequests(): Generator<Problem> {
    const { request, rules } = this.#content.allow;
    if (request.patterns.length === 0) return;
    for (const rule of rules)
      if (rule.where === '' && allowsAny(rule, ['access_request'], ['update', 'create'])) {
        const fixes = [this.#remove(rule.path, 'access_request')];
        yield this.#problem('approvesOwnRequests', rule.path, [], fixes);
      }
  }

  /**
   * Finds requestable roles that need one approval and can create or update roles or users, so that their
   * holders can give themselves any access. The problem belongs to the requesting role, or to the requested
   * role when no file has the requesting one.
   */
  *#oneApproval(): Generator<Problem> {
    const { request, rules } = this.#content.allow;
    for (const { pattern, path } of needsTwo(this.#content) ? [] : request.patterns) {
      const roleEditor = this.#graph.roleEditors.find(
        (name) => name !== this.#name && this.#graph.covers(pattern, name),
      );
      if (roleEditor === undefined) continue;
      const requireTwo = this.#fix('requireTwoApprovals', [], {
        path: rolePaths.thresholds,
        set: [{ name: 'two', approve: 2, deny: 1 }],
      });
      // Teleport Community has no thresholds.
      const fixes = this.#context.edition === 'community' ? [this.#remove(path, pattern)] : [requireTwo];
      yield this.#problem('editsRolesOneApproval', path, [roleEditor], fixes);
    }
    const rule = rules.find(editsRoles);
    if (!rule) return;
    const requestingRole = this.#graph.requestingRoles(this.#name).find((name) => {
      const content = this.#graph.roles.get(name);
      return !this.#graph.inFiles.has(name) && content && !needsTwo(content);
    });
    if (requestingRole !== undefined)
      yield this.#problem('requestableByOneApproval', rule.path, [requestingRole]);
  }

  /** Finds fields that Community refuses, and on other editions a login that always requests access. */
  *#edition(): Generator<Problem> {
    const { value } = this.#document;
    const isCommunity = this.#context.edition === 'community';
    for (const path of enterpriseFieldsOf(value)) {
      const field = String(path.at(-1));
      const fixes = [this.#remove(path, field)];
      if (isCommunity && path[1] !== 'deny') yield this.#problem('enterpriseOnly', path, [field], fixes);
      else if (!isCommunity && path === rolePaths.requestAccess)
        yield this.#problem('blocksLogin', path, [textAt(value, path)], fixes);
    }
  }
}

/**
 * Finds unsafe access and settings without effect in the roles of a file. It reports only what the given
 * context proves. The parser's problems are in the manifest itself.
 */
export function checkManifest(manifest: Manifest, context: CheckContext): readonly Problem[] {
  const graph = new RoleGraph(manifest, context);
  const problems: Problem[] = [];
  for (const document of manifest.documents)
    for (const found of new Checks(manifest, document, graph, context).all()) {
      if (problems.length === mostProblems) return problems;
      problems.push(found);
    }
  return graph.isCut ? [...problems.slice(0, mostProblems - 1), cutProblem] : problems;
}

/** Says that not everything was checked. */
const cutProblem: Problem = {
  code: 'tooManyProblems',
  severity: 'warning',
  span: { start: 0, end: 1 },
  names: [],
  fixes: [],
};
