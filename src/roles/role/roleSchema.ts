import { isPlainObject, type Path, type Plain } from './value.ts';

/*
 * The fields of a role. From the API of 17.0.0-dev; what is newer from the reference of the Terraform provider, which
 * is made from Teleport's own protocol files. Roles of version v9 are not known yet.
 */

/** What a field holds. `texts` takes a list only, `oneOrMore` a text or a list; `labels` maps a text to `oneOrMore`. */
export type Simple =
  'text' | 'texts' | 'oneOrMore' | 'flag' | 'count' | 'duration' | 'time' | 'labels' | 'textMap';

/** One of a few words. Where Teleport also takes a number, it is the place in the list; a flag is off or on. */
export interface ChoiceField {
  readonly choices: readonly string[];
  readonly also?: 'number' | 'flag';
}

export interface Struct {
  readonly fields: Readonly<Record<string, Field>>;
}

export interface ListOf {
  readonly list: Struct;
}

export type Field = Simple | ChoiceField | Struct | ListOf;

const all = <const F extends Field>(field: F, names: string): Readonly<Record<string, F>> =>
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
  ...all('texts', 'aws_role_arns azure_identities db_names db_roles db_users desktop_groups'),
  ...all('texts', 'gcp_service_accounts host_groups host_sudoers kubernetes_groups kubernetes_users'),
  ...all('texts', 'linux_desktop_logins logins windows_desktop_logins'),
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
  join_sessions: list({ name: 'text', ...all('texts', 'kinds modes roles') }),
  kubernetes_resources: list({ ...all('text', 'api_group kind name namespace'), verbs: 'texts' }),
  mcp: struct({ tools: 'texts' }),
  request,
  require_session_join: list({
    ...all('text', 'name filter on_leave'),
    ...all('texts', 'kinds modes'),
    count: 'count',
  }),
  review_requests: struct({
    claims_to_roles: claims,
    ...all('texts', 'preview_as_roles roles submit_for_users'),
    where: 'text',
  }),
  rules: list({ ...all('texts', 'resources verbs actions'), where: 'text' }),
  spiffe: list({ path: 'text', ...all('texts', 'dns_sans ip_sans') }),
});

const port = struct({ enabled: 'flag' });

const options = struct({
  ...all('flag', 'create_db_user create_desktop_user create_host_user desktop_clipboard'),
  ...all('flag', 'desktop_directory_sharing disconnect_expired_cert forward_agent'),
  ...all('flag', 'permit_x11_forwarding pin_source_ip port_forwarding ssh_file_copy'),
  ...all('duration', 'client_idle_timeout max_session_ttl mfa_verification_interval'),
  ...all('count', 'max_connections max_kubernetes_connections max_sessions'),
  ...all('text', 'create_host_user_default_shell request_prompt'),
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

/** A role, from its top. */
export const role: Struct = struct({
  kind: { choices: ['role'] },
  sub_kind: 'text',
  version: { choices: ['v3', 'v4', 'v5', 'v6', 'v7', 'v8'] },
  metadata: struct({
    name: 'text',
    description: 'text',
    expires: 'time',
    labels: 'textMap',
    revision: 'text',
  }),
  spec: struct({ allow: conditions, deny: conditions, options }),
});

/** The version of Teleport a field of allow came with, where it is known; an older server drops it without a word. */
export const since: Readonly<Record<string, string>> = {
  'request.reason.mode': '17.1.0',
  'request.reason.prompt': '18.4.0',
};

export const isStruct = (field: Field | undefined): field is Struct =>
  typeof field === 'object' && 'fields' in field;
export const isChoice = (field: Field | undefined): field is ChoiceField =>
  typeof field === 'object' && 'choices' in field;
export const isListOf = (field: Field | undefined): field is ListOf =>
  typeof field === 'object' && 'list' in field;

/** The field below a field by its key; undefined for what is not known. */
export function fieldsBelow(field: Field | undefined, key: string | number): Field | undefined {
  if (typeof key === 'number') {
    if (isListOf(field)) return field.list;
    return field === 'texts' || field === 'oneOrMore' ? 'text' : undefined;
  }
  if (field === 'labels') return 'oneOrMore';
  if (field === 'textMap') return 'text';
  return isStruct(field) && Object.hasOwn(field.fields, key) ? field.fields[key] : undefined;
}

/** The field at a path from the top of a role; undefined for what is not known. */
export const fieldAt = (path: Path): Field | undefined => path.reduce<Field | undefined>(fieldsBelow, role);

/** Whether Teleport takes the value as if nothing stood there. */
export const isNothing = (value: Plain | undefined): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  value === 0 ||
  (Array.isArray(value) && value.length === 0) ||
  (isPlainObject(value) && Object.values(value).every(isNothing));

/** How many letters to change, add, drop or swap with the next to make one of the other; at most `limit` + 1. */
function distance(from: string, to: string, limit: number): number {
  if (Math.abs(from.length - to.length) > limit) return limit + 1;
  let before: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      row[j] = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1),
        swapped ? (before[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    before = last;
    last = row;
  }
  return last[to.length] ?? limit + 1;
}

const letters = (name: string): string => name.toLowerCase().replace(/[\s_-]+/g, '_');

/** The known name somebody most likely meant: the nearest, if it is near enough. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const limit = Math.min(3, Math.floor(name.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const one of known) {
    const camel = letters(name.replace(/([a-z])([A-Z])/g, '$1_$2')) === letters(one);
    const far = camel ? 0 : distance(letters(name), letters(one), limit);
    if (far >= least) continue;
    best = one;
    least = far;
  }
  return best;
}
