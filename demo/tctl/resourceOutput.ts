// How tctl prints resources.
import { stringify } from 'yaml';
import type { FlagSpec } from '../cli/kingpinParser.ts';
import { goJson, headedTable, type GoValue } from '../cli/goFormat.ts';
import type { StoredItem } from '../resources/resource.ts';
import type { Session } from '../client/session.ts';

export const resourceFormat: FlagSpec = { name: 'format', help: "Output format: 'yaml', 'json' or 'text'" };

/** Two spaces deeper than other JSON; an empty list has no line of its own. */
export const resourceJson = (resources: readonly StoredItem[]): string =>
  resources.length ? `${goJson(resources as unknown as GoValue, 'tctl', 4)}\n` : '[]';

const resourceYaml = (resources: readonly StoredItem[]): string =>
  resources
    .map((resource) =>
      stringify(resource, { indentSeq: false, sortMapEntries: true, lineWidth: 0, singleQuote: true }),
    )
    .join('---\n');

/** Prints in the format that was asked for. */
export function printResources(session: Session, resources: readonly StoredItem[]): void {
  const kind = session.flags.text('format') ?? 'yaml';
  if (kind === 'json') session.out(resourceJson(resources));
  else if (kind === 'yaml') session.out(resourceYaml(resources));
  else
    session.out(
      `${headedTable(
        ['Name'],
        resources.map(({ metadata }) => [metadata.name]),
      )}\n`,
    );
}
