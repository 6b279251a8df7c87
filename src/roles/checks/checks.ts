import { rawText, untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { canRequireReason } from '../setup/answers.ts';
import { approvalsOf } from '../role/thresholds.ts';
import { allows, RoleGraph, requestablePatterns, roleRulesOf } from './knownRoles.ts';
import { readDuration, writeDuration } from '../role/duration.ts';
import { changeText, type FieldChange } from '../manifest/changeManifest.ts';
import { isNothing, nearestName } from '../role/roleSchema.ts';
import type { Manifest, RoleDocument } from '../manifest/parseManifest.ts';
import { isName } from '../role/namePatterns.ts';
import { textsAt, valueAt, type Path, type PlainObject } from '../role/value.ts';
import type { CheckCode, Fix, FixCode, Problem, Severity, TextEdit } from '../manifest/problem.ts';
import { wildcardsOf } from './wildcards.ts';

/** What is known beside the file itself. */
export interface CheckContext {
  /** The longest session of an elevated role, in milliseconds. */
  readonly limit: number;
  readonly edition?: 'enterprise' | 'community';
  /** The server's version. */
  readonly version?: string;
  /** How many people hold a role without asking. */
  readonly holders?: ReadonlyMap<string, number>;
  readonly serverRoles?: ReadonlyMap<string, PlainObject>;
  /** The roles of the other manifests of the workspace. */
  readonly siblings: readonly RoleDocument[];
}

/** What every server has, though no file says so. */
const presets = ['access', 'auditor', 'editor', 'requester', 'reviewer', 'group-access', 'device-admin'];

const hour = 3_600_000;
const allow = ['spec', 'allow'] as const;
const sessionLimit = ['spec', 'options', 'max_session_ttl'] as const;

/** One edit that makes one text of the other. */
function editBetween(before: string, after: string): TextEdit {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let back = 0;
  while (back < most - start && before.at(-1 - back) === after.at(-1 - back)) back += 1;
  return { span: { start, end: before.length - back }, text: after.slice(start, after.length - back) };
}

/** A fix that is worked out when somebody looks at it: a file may have hundreds. */
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
        // Written so that it cannot be changed in place; then there is no fix.
        edits = [];
      }
      return edits;
    },
  };
}

class Checks {
  readonly #text: string;
  readonly #document: RoleDocument;
  readonly #around: RoleGraph;
  readonly #context: CheckContext;
  readonly #name: string;

  constructor(manifest: Manifest, document: RoleDocument, around: RoleGraph, context: CheckContext) {
    this.#text = manifest.text;
    this.#document = document;
    this.#around = around;
    this.#context = context;
    this.#name = rawText(document.name);
  }

  *all(): Generator<Problem> {
    if (this.#around.held(this.#name) === true) yield* this.#standing();
    if (this.#around.elevated(this.#name)) yield* this.#session();
    yield* this.#requests();
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
    const span = this.#document.at(path);
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

  *#standing(): Generator<Problem> {
    const { value } = this.#document;
    const groups = [...allow, 'kubernetes_groups'];
    for (const [at, group] of textsAt(value, groups).entries()) {
      const path = [...groups, at];
      if (group === 'system:masters')
        yield this.#problem('standingAdmin', path, ['kubernetes_groups', group], [this.#remove(path, group)]);
    }
    for (const { path, field, value: star } of wildcardsOf(value))
      yield this.#problem('standingWildcard', path, [field, star], [this.#remove(path, star)]);
  }

  *#session(): Generator<Problem> {
    const { limit } = this.#context;
    const value = valueAt(this.#document.value, sessionLimit);
    const length = typeof value === 'string' ? readDuration(value) : undefined;
    const short = writeDuration(Math.min(limit, hour));
    const setting = this.#fix('setSessionLimit', [short], { path: sessionLimit, set: short });
    if (isNothing(value) || length === 0)
      yield this.#problem('noSessionLimit', ['metadata', 'name'], [writeDuration(limit)], [setting]);
    else if (length !== undefined && (length > limit || length < 0))
      yield this.#problem(
        'sessionTooLong',
        sessionLimit,
        [writeDuration(length), writeDuration(limit)],
        [setting],
      );
  }

  *#requests(): Generator<Problem> {
    const asks = requestablePatterns(this.#document.value);
    for (const { pattern, path } of asks) {
      if (!isName(pattern) || this.#around.has(pattern)) continue;
      const near = nearestName(pattern, this.#around.names);
      // Without the server's roles a role that is in no file may be there all the same.
      if (!this.#around.complete && (near === undefined || presets.includes(pattern))) continue;
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
    if (asks.length === 0 || valueAt(this.#document.value, mode) === 'required') return;
    const { version } = this.#context;
    if (version !== undefined && !canRequireReason(version)) return;
    const requiring = this.#fix('requireReason', [], { path: mode, set: 'required' });
    yield this.#problem('reasonNotRequired', asks[0]?.path ?? mode, [], [requiring], 'info');
  }

  /** The server refuses reviews of one's own request, but not the plain setting of its state. */
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

  /** Who may write roles or users can get anything. Told where the asking role is, if a file has it. */
  *#oneApproval(): Generator<Problem> {
    const { value } = this.#document;
    const enough = (role: PlainObject): boolean => approvalsOf(role) >= 2;
    for (const { pattern, path } of enough(value) ? [] : requestablePatterns(value)) {
      const editing = this.#around.editing.find(
        (name) => name !== this.#name && this.#around.covers(pattern, name),
      );
      if (editing === undefined) continue;
      const two = this.#fix('requireTwoApprovals', [], {
        path: [...allow, 'request', 'thresholds'],
        set: [{ name: 'two', approve: 2, deny: 1 }],
      });
      // Community knows no thresholds.
      const fixes = this.#context.edition === 'community' ? [this.#remove(path, pattern)] : [two];
      yield this.#problem('editsRolesOneApproval', path, [editing], fixes);
    }
    if (!this.#around.editing.includes(this.#name)) return;
    const asker = this.#around
      .askers(this.#name)
      .find((name) => !this.#around.inFiles(name) && !enough(this.#around.role(name)));
    const rule = roleRulesOf(value).find((one) => allows(one, ['role', 'user'], ['create', 'update']));
    if (asker !== undefined && rule) yield this.#problem('requestableByOneApproval', rule.path, [asker]);
  }

  *#edition(): Generator<Problem> {
    const { value } = this.#document;
    const request = ['spec', 'options', 'request_access'];
    const [strategy = ''] = textsAt(value, request);
    const blocks = strategy !== '' && strategy !== 'optional';
    if (this.#context.edition !== 'community') {
      if (blocks)
        yield this.#problem('blocksLogin', request, [strategy], [this.#remove(request, 'request_access')]);
      return;
    }
    const only = ['request.thresholds', 'request.search_as_roles', 'review_requests'];
    const paths = only.map((field) => [...allow, ...field.split('.')]);
    for (const path of blocks ? [...paths, request] : paths) {
      const field = path.at(-1) ?? '';
      if (!isNothing(valueAt(value, path)))
        yield this.#problem('enterpriseOnly', path, [field], [this.#remove(path, field)]);
    }
  }
}

/**
 * What is unsafe, or will not work, in the roles of a file. What cannot be known from what is here is not told.
 * The problems of reading stand in the manifest itself.
 */
export function checkManifest(manifest: Manifest, context: CheckContext): readonly Problem[] {
  const around = new RoleGraph(manifest, context);
  return manifest.documents.flatMap((document) => [...new Checks(manifest, document, around, context).all()]);
}
