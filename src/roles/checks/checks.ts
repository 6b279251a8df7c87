import { rawText, untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { canRequireReason } from '../setup/answers.ts';
import { leastApprovals } from '../role/thresholds.ts';
import { allows, RoleGraph, requestablePatterns, roleRulesOf } from './knownRoles.ts';
import { readDuration, writeDuration } from '../role/duration.ts';
import { changeText, type FieldChange } from '../manifest/changeManifest.ts';
import { isUnset, nearestName } from '../role/roleSchema.ts';
import type { Manifest, RoleDocument } from '../manifest/parseManifest.ts';
import { isName } from '../role/namePatterns.ts';
import { textsAt, valueAt, type Path, type PlainObject } from '../role/value.ts';
import type { CheckCode, Fix, FixCode, Problem, Severity, TextEdit } from '../manifest/problem.ts';
import { wildcardsOf } from './wildcards.ts';
import type { CheckContext } from './checkContext.ts';

/** Roles that Teleport itself creates, so a manifest may name them although no file defines them. */
const presets = ['access', 'auditor', 'editor', 'requester', 'reviewer', 'group-access', 'device-admin'];

const hour = 3_600_000;
const allow = ['spec', 'allow'] as const;
const sessionLimitPath = ['spec', 'options', 'max_session_ttl'] as const;

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

/** The checks of one role of a manifest. */
class Checks {
  readonly #text: string;
  readonly #document: RoleDocument;
  readonly #graph: RoleGraph;
  readonly #context: CheckContext;
  readonly #name: string;

  constructor(manifest: Manifest, document: RoleDocument, graph: RoleGraph, context: CheckContext) {
    this.#text = manifest.text;
    this.#document = document;
    this.#graph = graph;
    this.#context = context;
    this.#name = rawText(document.name);
  }

  /** Runs all checks and yields the problems that they find. */
  *all(): Generator<Problem> {
    if (this.#graph.isHeld(this.#name) === true) yield* this.#standing();
    if (this.#graph.isRequestable(this.#name)) yield* this.#sessionLimit();
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
    const { name } = this.#document;
    const span = this.#document.spanAt(path);
    return {
      code,
      severity,
      span,
      names: [this.#name, ...names].map(untrusted),
      fixes,
      role: name,
      path,
    };
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
    const groups = [...allow, 'kubernetes_groups'];
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
    const value = valueAt(this.#document.value, sessionLimitPath);
    const length = typeof value === 'string' ? readDuration(value) : undefined;
    const short = writeDuration(Math.min(limit, hour));
    const setLimit = this.#fix('setSessionLimit', [short], { path: sessionLimitPath, set: short });
    if (isUnset(value) || length === 0)
      yield this.#problem('noSessionLimit', ['metadata', 'name'], [writeDuration(limit)], [setLimit]);
    else if (length !== undefined && (length > limit || length < 0))
      yield this.#problem(
        'sessionTooLong',
        sessionLimitPath,
        [writeDuration(length), writeDuration(limit)],
        [setLimit],
      );
  }

  /** Finds requestable roles that do not exist, and requests without a required reason. */
  *#requestableRoles(): Generator<Problem> {
    const patterns = requestablePatterns(this.#document.value);
    for (const { pattern, path } of patterns) {
      if (!isName(pattern) || this.#graph.has(pattern)) continue;
      const near = nearestName(pattern, this.#graph.names);
      // Without the server's roles, a role that no file defines may still exist on the server.
      if (!this.#graph.hasServerRoles && (near === undefined || presets.includes(pattern))) continue;
      const rename = near === undefined ? [] : [this.#fix('rename', [near], { path, set: near })];
      const fixes = [...rename, this.#remove(path, pattern)];
      yield this.#problem(
        'requestsMissingRole',
        path,
        [pattern, ...(near === undefined ? [] : [near])],
        fixes,
      );
    }
    const mode = [...allow, 'request', 'reason', 'mode'];
    if (patterns.length === 0 || valueAt(this.#document.value, mode) === 'required') return;
    const { version } = this.#context;
    if (version !== undefined && !canRequireReason(version)) return;
    const requireReason = this.#fix('requireReason', [], { path: mode, set: 'required' });
    yield this.#problem('reasonNotRequired', patterns[0]?.path ?? mode, [], [requireReason], 'info');
  }

  /**
   * Finds roles that both request and may set the state of requests. The server refuses a user's review of
   * their own request, but lets `tctl` set its state.
   */
  *#ownRequests(): Generator<Problem> {
    if (requestablePatterns(this.#document.value).length === 0) return;
    for (const rule of roleRulesOf(this.#document.value))
      if (rule.where === '' && allows(rule, ['access_request'], ['update', 'create']))
        yield this.#problem(
          'approvesOwnRequests',
          rule.path,
          [],
          [this.#remove(rule.path, 'access_request')],
        );
  }

  /**
   * Finds requestable roles that need one approval and can create or update roles or users, so that their
   * holders can give themselves any access. The problem belongs to the requesting role, or to the requested
   * role when no file has the requesting one.
   */
  *#oneApproval(): Generator<Problem> {
    const { value } = this.#document;
    const needsTwo = (role: PlainObject): boolean => leastApprovals(role) >= 2;
    for (const { pattern, path } of needsTwo(value) ? [] : requestablePatterns(value)) {
      const roleEditor = this.#graph.roleEditors.find(
        (name) => name !== this.#name && this.#graph.covers(pattern, name),
      );
      if (roleEditor === undefined) continue;
      const requireTwo = this.#fix('requireTwoApprovals', [], {
        path: [...allow, 'request', 'thresholds'],
        set: [{ name: 'two', approve: 2, deny: 1 }],
      });
      // Teleport Community has no thresholds.
      const fixes = this.#context.edition === 'community' ? [this.#remove(path, pattern)] : [requireTwo];
      yield this.#problem('editsRolesOneApproval', path, [roleEditor], fixes);
    }
    if (!this.#graph.roleEditors.includes(this.#name)) return;
    const requestingRole = this.#graph
      .requestingRoles(this.#name)
      .find((name) => !this.#graph.isInFiles(name) && !needsTwo(this.#graph.role(name)));
    const rule = roleRulesOf(value).find((candidate) =>
      allows(candidate, ['role', 'user'], ['create', 'update']),
    );
    if (requestingRole !== undefined && rule)
      yield this.#problem('requestableByOneApproval', rule.path, [requestingRole]);
  }

  /** Finds fields that Community refuses, and on other editions a login that always requests access. */
  *#edition(): Generator<Problem> {
    const { value } = this.#document;
    const strategyPath = ['spec', 'options', 'request_access'];
    const [strategy = ''] = textsAt(value, strategyPath);
    const blocksLogin = strategy !== '' && strategy !== 'optional';
    if (this.#context.edition !== 'community') {
      if (blocksLogin)
        yield this.#problem(
          'blocksLogin',
          strategyPath,
          [strategy],
          [this.#remove(strategyPath, 'request_access')],
        );
      return;
    }
    const enterpriseFields = ['request.thresholds', 'request.search_as_roles', 'review_requests'];
    const paths = enterpriseFields.map((field) => [...allow, ...field.split('.')]);
    for (const path of blocksLogin ? [...paths, strategyPath] : paths) {
      const field = path.at(-1) ?? '';
      if (!isUnset(valueAt(value, path)))
        yield this.#problem('enterpriseOnly', path, [field], [this.#remove(path, field)]);
    }
  }
}

/**
 * Finds unsafe access and settings without effect in the roles of a file. It reports only what the given
 * context proves. The parser's problems are in the manifest itself.
 */
export function checkManifest(manifest: Manifest, context: CheckContext): readonly Problem[] {
  const graph = new RoleGraph(manifest, context);
  return manifest.documents.flatMap((document) => [...new Checks(manifest, document, graph, context).all()]);
}
