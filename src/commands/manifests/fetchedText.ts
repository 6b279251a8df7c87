import * as l10n from '@vscode/l10n';
import { forRow } from '../../access/text/sinks.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
import { writeYaml } from '../../roles/manifest/writeYaml.ts';
import type { PlainObject } from '../../roles/role/value.ts';
import type { StoredResource } from '../../teleport/output/adminSchema.ts';

/** Lines as YAML comments. */
export const yamlComment = (...lines: readonly string[]): string =>
  lines.map((line) => `# ${line}\n`).join('');

/** A role of the server as a manifest: as it is there, but for the revision, which only names a moment. */
export function fetchedText({ name, document }: StoredResource, cluster: Untrusted): string {
  const { kind = 'role', version = 'v7', metadata, ...others } = document as PlainObject;
  const lasting = Object.entries(metadata as PlainObject).filter(
    ([key]) => key !== 'revision' && key !== 'id',
  );
  const order = { kind, version, metadata: Object.fromEntries(lasting), ...others };
  return yamlComment(l10n.t('{0}, as {1} had it.', forRow(name), forRow(cluster))) + writeYaml(order);
}
