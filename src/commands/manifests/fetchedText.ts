import * as l10n from '@vscode/l10n';
import { forRow } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { writeYaml } from '../../roles/manifest/writeYaml.ts';
import type { PlainObject } from '../../roles/role/value.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';

/** Writes lines as YAML comments. */
export const yamlComment = (...lines: readonly string[]): string =>
  lines.map((line) => `# ${line}\n`).join('');

/**
 * Writes a role of the server as a manifest. The revision and the id are left out, because they are valid
 * only until the role changes.
 */
export function fetchedText({ name, document }: StoredResource, cluster: Untrusted): string {
  const { kind = 'role', version = 'v7', metadata, ...others } = document;
  const lastingMetadata = Object.entries(metadata as PlainObject).filter(
    ([key]) => key !== 'revision' && key !== 'id',
  );
  const ordered = { kind, version, metadata: Object.fromEntries(lastingMetadata), ...others };
  return yamlComment(l10n.t('{0}, as {1} had it.', forRow(name), forRow(cluster))) + writeYaml(ordered);
}
