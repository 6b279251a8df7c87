import { isPlainList, isPlainObject, type Path, type PlainValue } from './value.ts';

/*
 * The schema of a role. Sources: the API of 17.0.0-dev, and for newer fields the reference of the Terraform
 * provider, which is generated from Teleport's own protocol files. Roles of version v9 are not known yet.
 */

/**
 * The type of a simple field. `texts` is a list, `oneOrMore` is a text or a list,
 * `labels` maps a text to `oneOrMore`.
 */
export type SimpleField =
  'text' | 'texts' | 'oneOrMore' | 'flag' | 'count' | 'duration' | 'time' | 'labels' | 'textMap';

/**
 * A field with one of a few words. `also` names another type that Teleport
 * accepts: a number is the index of the word.
 */
export interface ChoiceField {
  readonly choices: readonly string[];
  readonly also?: 'number' | 'flag';
}

/** A map with known fields. */
export interface Struct {
  readonly fields: Readonly<Record<string, Field>>;
}

/** A list of maps with known fields. */
export interface ListOf {
  readonly list: Struct;
}

/**
 * The type of a field in a role: a simple value, one of a few words, a map with known fields, or a list of
 * such maps.
 */
export type Field = SimpleField | ChoiceField | Struct | ListOf;

/**
 * Fields of one type.
 * @param names the names, separated by spaces
 */
const sameField = <const F extends Field>(field: F, names: string): Readonly<Record<string, F>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, field]));
const struct = (fields: Readonly<Record<string, Field>>): Struct => ({ fields });
const list = (fields: Readonly<Record<string, Field>>): ListOf => ({ list: struct(fields) });

const claims = list({ claim: 'text', value: 'text', roles: 'texts' });

const request = struct({
  annotations: 'labels',
  claims_to_roles: claims,
  kubernetes_resources: list({ kind: 'text', api_group: 'text' }),
  max_duration: 'duration',
  reason: struct({ mode: { choices: ['optional', 'required'] }, prompt: 'text' }),
  roles: 'texts',
  search_as_roles: 'texts',
  suggested_reviewers: 'texts',
  thresholds: list({ name: 'text', filter: 'text', approve: 'count', deny: 'count' }),
});

const conditions = struct({
  ...sameField('texts', 'aws_role_arns azure_identities db_names db_roles db_users desktop_groups'),
  ...sameField('texts', 'gcp_service_accounts host_groups host_sudoers kubernetes_groups kubernetes_users'),
  ...sameField('texts', 'linux_desktop_logins logins windows_desktop_logins'),
  ...Object.fromEntries(
    'app beam cluster db db_service group kubernetes linux_desktop node windows_desktop workload_identity'
      .split(' ')
      .flatMap((kind): [string, Field][] => [
        [`${kind}_labels`, 'labels'],
        [`${kind}_labels_expression`, 'text'],
      ]),
  ),
  account_assignments: list({ account: 'text', permission_set: 'text' }),
  db_permissions: list({ match: 'labels', permissions: 'texts' }),
  github_permissions: list({ orgs: 'texts' }),
  impersonate: struct({ roles: 'texts', users: 'texts', where: 'text' }),
  join_sessions: list({ name: 'text', ...sameField('texts', 'kinds modes roles') }),
  kubernetes_resources: list({ ...sameField('text', 'api_group kind name namespace'), verbs: 'texts' }),
  mcp: struct({ tools: 'texts' }),
  request,
  require_session_join: list({
    ...sameField('text', 'name filter on_leave'),
    ...sameField('texts', 'kinds modes'),
    count: 'count',
  }),
  review_requests: struct({
    claims_to_roles: claims,
    ...sameField('texts', 'preview_as_roles roles submit_for_users'),
    where: 'text',
  }),
  rules: list({ ...sameField('texts', 'resources verbs actions'), where: 'text' }),
  spiffe: list({ path: 'text', ...sameField('texts', 'dns_sans ip_sans') }),
});

const port = struct({ enabled: 'flag' });

const options = struct({
  ...sameField('flag', 'create_db_user create_desktop_user create_host_user desktop_clipboard'),
  ...sameField('flag', 'desktop_directory_sharing disconnect_expired_cert forward_agent'),
  ...sameField('flag', 'permit_x11_forwarding pin_source_ip port_forwarding ssh_file_copy'),
  ...sameField('duration', 'client_idle_timeout max_session_ttl mfa_verification_interval'),
  ...sameField('count', 'max_connections max_kubernetes_connections max_sessions'),
  ...sameField('text', 'create_host_user_default_shell request_prompt'),
  cert_extensions: list({
    name: 'text',
    value: 'text',
    mode: { choices: ['extension'], also: 'number' },
    type: { choices: ['ssh'], also: 'number' },
  }),
  cert_format: { choices: ['standard', 'oldssh', 'unspecified'] },
  create_db_user_mode: { choices: ['', 'off', 'keep', 'best_effort_drop'], also: 'number' },
  create_host_user_mode: { choices: ['', 'off', 'drop', 'keep', 'insecure-drop'], also: 'number' },
  device_trust_mode: { choices: ['off', 'optional', 'required', 'required-for-humans'] },
  enhanced_recording: 'texts',
  idp: struct({ saml: struct({ enabled: 'flag' }) }),
  lock: { choices: ['strict', 'best_effort'] },
  record_session: struct({
    default: { choices: ['strict', 'best_effort'] },
    desktop: 'flag',
    ssh: { choices: ['strict', 'best_effort'] },
  }),
  request_access: { choices: ['optional', 'reason', 'always'] },
  require_session_mfa: {
    choices: ['hardware_key', 'hardware_key_touch', 'hardware_key_pin', 'hardware_key_touch_and_pin'],
    also: 'flag',
  },
  ssh_port_forwarding: struct({ local: port, remote: port }),
  web_terminal_clipboard_mode: { choices: ['unrestricted', 'no-copy'] },
});

/** The versions of a role document. */
export const roleVersions: readonly string[] = ['v3', 'v4', 'v5', 'v6', 'v7', 'v8'];

/** The schema of a role document. */
export const roleStruct: Struct = struct({
  kind: { choices: ['role'] },
  sub_kind: 'text',
  version: { choices: roleVersions },
  metadata: struct({
    name: 'text',
    description: 'text',
    expires: 'time',
    labels: 'textMap',
    revision: 'text',
  }),
  spec: struct({ allow: conditions, deny: conditions, options }),
});

/**
 * The Teleport version that added a field of `allow`, where known. An older server drops the field silently.
 */
export const fieldSince: Readonly<Record<string, string>> = {
  'request.reason.mode': '17.1.0',
  'request.reason.prompt': '18.4.0',
};

/** Whether a field is a map with known fields. */
export const isStruct = (field: Field | undefined): field is Struct =>
  typeof field === 'object' && 'fields' in field;
/** Whether a field takes one of a few words. */
export const isChoice = (field: Field | undefined): field is ChoiceField =>
  typeof field === 'object' && 'choices' in field;
/** Whether a field is a list of maps with known fields. */
export const isListOf = (field: Field | undefined): field is ListOf =>
  typeof field === 'object' && 'list' in field;

/** The child field of a field by its key or index; undefined for an unknown field. */
export function fieldBelow(field: Field | undefined, key: string | number): Field | undefined {
  if (typeof key === 'number') {
    if (isListOf(field)) return field.list;
    return field === 'texts' || field === 'oneOrMore' ? 'text' : undefined;
  }
  if (field === 'labels') return 'oneOrMore';
  if (field === 'textMap') return 'text';
  return isStruct(field) && Object.hasOwn(field.fields, key) ? field.fields[key] : undefined;
}

/** The field at a path from the top of a role; undefined for an unknown field. */
export const fieldAt = (path: Path): Field | undefined =>
  path.reduce<Field | undefined>(fieldBelow, roleStruct);

/**
 * Lists of texts whose order has a meaning. Of the lines for sudoers the last one that matches counts (sudoers(5)), and
 * Teleport writes them in the order of the role. The first mode of a join policy is the one that tsh takes. The items
 * of all other lists of texts are alternatives.
 */
const orderedTexts: ReadonlySet<string | number | undefined> = new Set(['host_sudoers', 'modes']);

/** Whether the order of the list of texts at a path has a meaning. */
export const isOrderedAt = (path: Path): boolean => orderedTexts.has(path.at(-1));

/** Whether Teleport treats the value like an absent field. */
export const isUnset = (value: PlainValue | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  (isPlainList(value) && value.length === 0) ||
  (isPlainObject(value) && Object.values(value).every(isUnset));

/**
 * The smallest number of edits that make one name equal to the other, up to `limit` + 1. An edit changes,
 * adds or removes one letter, or swaps two neighbouring letters.
 */
function editDistance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let rowBefore: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1),
        swapped ? (rowBefore[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    rowBefore = previous;
    previous = row;
  }
  return previous[to.length] ?? limit + 1;
}

const normalized = (name: string): string =>
  /^[a-z]+(?:_[a-z]+)*$/.test(name) ? name : name.toLowerCase().replace(/[\s_-]+/g, '_');

/** The length of the longest name for which a similar one is searched, in UTF-16 units. */
const longestSearched = 64;

/** Finds the known name that the author most likely meant: the nearest, if it differs in few letters. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > longestSearched) return undefined;
  const limit = Math.min(3, Math.floor(name.length / 3));
  const [plain, fromCamelCase] = [name, name.replace(/([a-z])([A-Z])/g, '$1_$2')].map(normalized);
  let best: string | undefined;
  let leastDistance = limit + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > longestSearched) continue;
    const other = normalized(candidate);
    const distance = fromCamelCase === other ? 0 : editDistance(plain ?? name, other, limit);
    if (distance >= leastDistance) continue;
    best = candidate;
    leastDistance = distance;
  }
  return best;
}
