import type { YAMLMap } from 'yaml';
import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { hasImplicitLabels } from '../role/roleDefaults.ts';
import { roleStruct } from '../role/roleSchema.ts';
import { valueAt, type PlainObject } from '../role/value.ts';
import type { Problem, Span } from './problem.ts';
import { RoleReader } from './roleReader.ts';

/** The role of one document, its problems and the place of each value. */
export interface ParsedRole {
  /** Undefined when the name is missing, empty or not a text; then the document gives no role. */
  readonly name: Untrusted | undefined;
  readonly version: string | undefined;
  readonly value: PlainObject;
  /** The span of the value at each path; the key is the path as JSON. */
  readonly spans: ReadonlyMap<string, Span>;
  readonly problems: readonly Problem[];
}

const versions = ['v3', 'v4', 'v5', 'v6', 'v7', 'v8'];

/** Parses the map of a document of kind role. It never throws: every fault becomes a problem. */
export function parseRole(map: YAMLMap, text: string): ParsedRole {
  const reader = new RoleReader(text);
  const value = reader.map(map, roleStruct, []);
  const version = valueAt(value, ['version']);
  const knownVersion = typeof version === 'string' && versions.includes(version) ? version : undefined;
  const top = reader.spans.get('[]') ?? { start: 0, end: 1 };
  const kind = reader.spans.get('["kind"]') ?? top;
  if (knownVersion === undefined) {
    const names = typeof version === 'string' ? [untrusted(version)] : [];
    reader.report('unknownVersion', reader.spans.get('["version"]') ?? kind, names, ['version']);
  }
  if (hasImplicitLabels(value))
    reader.report('oldVersion', reader.spans.get('["version"]') ?? kind, [], ['version'], {
      severity: 'warning',
    });
  const name = valueAt(value, ['metadata', 'name']);
  const roleName = typeof name === 'string' && name !== '' ? untrusted(name) : undefined;
  if (!roleName)
    reader.report('noName', reader.spans.get('["metadata","name"]') ?? kind, [], ['metadata', 'name']);
  return {
    name: roleName,
    version: knownVersion,
    value,
    spans: reader.spans,
    problems: reader.problems.map((problem) => (roleName ? { ...problem, role: roleName } : problem)),
  };
}
