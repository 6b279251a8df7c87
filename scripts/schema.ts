import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import {
  isChoice,
  isListOf,
  isStruct,
  roleStruct,
  fieldSince,
  type Field,
} from '../src/roles/role/roleSchema.ts';
import { root } from './build.ts';

/** The path of the schema. package.json tells it to the YAML extension. */
export const schemaFile = join(root, 'schemas', 'role.schema.json');

type Schema = Readonly<Record<string, unknown>>;

/**
 * Descriptions of the fields that decide about rights, for hover. The names of the other fields are clear
 * enough.
 */
const descriptions: Readonly<Record<string, string>> = {
  kind: 'What this document is. A role manifest holds roles only.',
  version: 'The version of the role. v7 and v8 differ in what kubernetes_resources mean.',
  metadata: 'The name of the role and what is known of it.',
  'metadata.name': 'The name of the role. Applying under another name makes another role.',
  'metadata.labels': 'Labels of the role. teleport.dev/origin says who owns it, such as terraform.',
  'metadata.revision': 'Made by the server at every write. Leave it out.',
  'spec.allow': 'What whoever holds the role may do.',
  'spec.deny': 'What whoever holds the role may not do, whatever any role allows.',
  'spec.options': 'How long and how whoever holds the role may work.',
  'spec.options.max_session_ttl':
    'The longest a certificate with this role lasts, such as 1h. Without it: 30 h.',
  'spec.options.request_access':
    'optional: requests are made when they are needed. reason and always turn every login into a request.',
  'spec.options.require_session_mfa': 'Ask for a second factor at the start of every session.',
  'spec.options.disconnect_expired_cert': 'End sessions when the certificate ends.',
  'spec.options.client_idle_timeout': 'End sessions in which nothing happens for so long.',
  'spec.allow.logins': 'System users one may log in as over SSH.',
  'spec.allow.kubernetes_groups': 'Kubernetes groups. system:masters is administrator of the cluster.',
  'spec.allow.kubernetes_users': 'Kubernetes users one may act as.',
  'spec.allow.request': 'What whoever holds the role may request.',
  'spec.allow.request.roles': 'Roles that may be requested: names, or patterns such as prod-*.',
  'spec.allow.request.search_as_roles': 'Roles whose resources may be searched and requested (Enterprise).',
  'spec.allow.request.thresholds':
    'How many approvals and denials decide; any one of them is enough (Enterprise). Without it: 1 and 1.',
  'spec.allow.request.suggested_reviewers': 'People who are asked to review, as a suggestion.',
  'spec.allow.request.max_duration': 'The longest a request may be granted for, such as 4h; 14 days at most.',
  'spec.allow.request.reason': 'Whether a reason is needed to request.',
  'spec.allow.request.reason.mode': 'required: no request without a reason.',
  'spec.allow.request.reason.prompt': 'What people are told when they are asked for the reason.',
  'spec.allow.review_requests': 'Which requests whoever holds the role may review (Enterprise).',
  'spec.allow.review_requests.roles': 'Roles whose requests may be reviewed.',
  'spec.allow.rules': 'What may be done with resources of the cluster itself, such as roles and users.',
  'spec.allow.impersonate': 'Users and roles for which one may make certificates.',
};

const texts: Schema = { type: 'array', items: { type: 'string' } };
const oneOrMore: Schema = { anyOf: [{ type: 'string' }, texts] };

function schemaOf(field: Field, path: string): Schema {
  if (isStruct(field)) return structOf(field.fields, path);
  if (isListOf(field)) return { type: 'array', items: structOf(field.list.fields, path) };
  if (isChoice(field)) {
    const numbers = field.also === 'number' ? field.choices.map((_, at) => at) : [];
    const flags = field.also === 'flag' ? [true, false] : [];
    return { enum: [...field.choices.filter(Boolean), ...flags, ...numbers] };
  }
  switch (field) {
    case 'texts':
      return texts;
    case 'oneOrMore':
      return oneOrMore;
    case 'labels':
      return { type: 'object', additionalProperties: oneOrMore };
    case 'textMap':
      return { type: 'object', additionalProperties: { type: 'string' } };
    case 'flag':
      return { type: 'boolean' };
    case 'count':
      return { type: 'integer', minimum: 0 };
    case 'duration':
      return { type: 'string', examples: ['15m', '1h', '6h'] };
    case 'time':
    case 'text':
      return { type: 'string' };
  }
}

function structOf(fields: Readonly<Record<string, Field>>, path: string): Schema {
  const properties = Object.entries(fields).map(([name, field]): [string, Schema] => {
    const at = path ? `${path}.${name}` : name;
    const version = fieldSince[at.replace('spec.allow.', '')];
    const words = [descriptions[at], version && `Teleport ${version} and later.`];
    const description = words.filter(Boolean).join(' ');
    return [name, { ...(description && { description }), ...schemaOf(field, at) }];
  });
  // The checks of this extension report unknown fields, with a suggestion, so the schema allows them.
  return { type: 'object', properties: Object.fromEntries(properties) };
}

/** Writes the JSON schema of a role, for completion and hover where the YAML extension is installed. */
export async function roleSchema(): Promise<string> {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Teleport role',
    ...structOf(roleStruct.fields, ''),
    required: ['kind', 'version', 'metadata'],
  };
  return format(JSON.stringify(schema), { ...(await resolveConfig(schemaFile)), filepath: schemaFile });
}

/** `npm run schema`: writes the schema file again, after a change of the fields. */
export async function main(): Promise<number> {
  await writeFile(schemaFile, await roleSchema());
  return 0;
}
