import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { parseManifest } from '../manifest/parseManifest.ts';
import type { Problem } from '../manifest/problem.ts';
import { writeYaml } from '../manifest/writeYaml.ts';
import { resourceType } from '../role/roleOrigin.ts';
import { valueAt, type PlainObject } from '../role/value.ts';
import type { WantedRole } from './rolePlan.ts';

/** A chosen manifest. */
export interface ManifestSource {
  /** The URI of the file, which identifies it. */
  readonly file: string;
  readonly text: string;
}

/** The reason why Apply sends none of the chosen roles. The first line of a file is 1. */
export type ApplyRefusal = { readonly source: ManifestSource; readonly line: number } & (
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'empty' }
  | { readonly kind: 'twice' | 'system' | 'unwritable' | 'longText'; readonly name: Untrusted }
);

/** An editor shows no more than the first 10,000 characters of a line, so that a longer one would hide its end. */
const longestLine = 5_000;

/**
 * Reads the roles of the chosen files. One error refuses all files, because the
 * user meant to apply them together.
 * @param serverRoles undefined before the server was read. An unknown field is then no error, because the
 *   server's role may have it.
 */
export function readSources(
  sources: readonly ManifestSource[],
  serverRoles: readonly StoredResource[] | undefined,
): readonly WantedRole[] | ApplyRefusal {
  const roles: WantedRole[] = [];
  const serverValue = (name: Untrusted | undefined): PlainObject | undefined =>
    serverRoles?.find((role) => role.name === name)?.document;
  /** Whether the problem is only a field that our schema does not know and that the server's role has. */
  const isKnownToServer = ({ code, path, role }: Problem): boolean =>
    code === 'unknownField' && (!serverRoles || (!!path && valueAt(serverValue(role), path) !== undefined));
  for (const source of sources) {
    const { documents, problems } = parseManifest(source.text);
    const problem = problems.find((found) => found.severity === 'error' && !isKnownToServer(found));
    if (problem) return { kind: 'problem', source, problem, line: lineAt(source.text, problem.span.start) };
    if (documents.length === 0) return { kind: 'empty', source, line: 1 };
    for (const { name, value, span } of documents) {
      const refused = { source, name, line: lineAt(source.text, span.start) };
      if (roles.some((other) => other.name === name)) return { kind: 'twice', ...refused };
      if ([serverValue(name), value].some((role) => resourceType(role) === 'system'))
        return { kind: 'system', ...refused };
      const text = written(value);
      if (text === undefined) return { kind: 'unwritable', ...refused };
      if (text.split('\n').some((line) => line.length > longestLine)) return { kind: 'longText', ...refused };
      const revision = valueAt(value, ['metadata', 'revision']);
      roles.push({
        name,
        value,
        manifestRevision: typeof revision === 'string' && revision !== '' ? revision : undefined,
      });
    }
  }
  return roles;
}

/** The text that would be sent; undefined for a value that YAML cannot hold. */
function written(value: PlainObject): string | undefined {
  try {
    return writeYaml(value);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

/** The first source whose text changed or that no longer exists. */
export const firstChangedSource = (
  before: readonly ManifestSource[],
  now: readonly ManifestSource[],
): ManifestSource | undefined =>
  before.find(({ file, text }) => now.find((source) => source.file === file)?.text !== text);
