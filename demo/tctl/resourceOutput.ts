// Prints resources as tctl does.
import { stringify } from 'yaml';
import type { FlagSpec } from '../cli/kingpinParser.ts';
import { goJson, type GoValue } from '../cli/goFormat.ts';
import type { StoredItem } from '../resources/resource.ts';
import type { Session } from '../client/session.ts';

/** The flag `--format` of tctl commands that print resources. */
export const resourceFormat: FlagSpec = { name: 'format', help: 'Output format', oneOf: ['yaml', 'json'] };

/**
 * Returns resources as JSON, indented by two spaces more than tctl's other JSON. An empty list ends without
 * newline.
 */
const resourceJson = (resources: readonly StoredItem[]): string =>
  resources.length ? `${goJson(resources as unknown as GoValue, 'tctl', 4)}\n` : '[]';

const resourceYaml = (resources: readonly StoredItem[]): string =>
  resources
    .map((resource) =>
      stringify(resource, { indentSeq: false, sortMapEntries: true, lineWidth: 0, singleQuote: true }),
    )
    .join('---\n');

/** Prints resources in the format that the command line asks for. */
export function printResources(session: Session, resources: readonly StoredItem[]): void {
  session.out(session.flags.text('format') === 'json' ? resourceJson(resources) : resourceYaml(resources));
}
