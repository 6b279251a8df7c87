// Roles: how the server stores a manifest as a role, and how it reads a stored role.
import { Refusal } from '../cli/refusal.ts';
import { parseFilter } from './thresholdFilter.ts';
import { goDuration, parseDuration, quote } from '../cli/goFormat.ts';
import {
  isObject,
  newMetadata,
  objectIn,
  textIn,
  textsIn,
  type Json,
  type JsonObject,
  type StoredItem,
} from './resource.ts';
import { roleSchema } from './roleSchema.ts';
import { readFields } from './manifestSchema.ts';
import { isAtLeast } from '../cli/teleportVersion.ts';

/** The edition of a Teleport server. Only Enterprise has reviews with thresholds. */
export type DemoEdition = 'enterprise' | 'community';

/** The properties of a server that decide which roles it accepts. */
export interface Server {
  readonly edition: DemoEdition;
  readonly version: string;
}

/** The numbers of approvals and denials that decide a request. */
export interface RoleThreshold {
  readonly name: string;
  /** The predicate that selects the reviews that count. Absent when every review counts. */
  readonly filter?: string;
  readonly approve: number;
  readonly deny: number;
}

/** Maps a label to the values that match. */
export type Labels = Readonly<Record<string, readonly string[]>>;

/** The conditions in the allow or the deny part of a role. */
export interface Conditions {
  readonly logins: readonly string[];
  readonly kubernetesGroups: readonly string[];
  readonly nodeLabels: Labels;
  readonly kubernetesLabels: Labels;
  readonly request: {
    readonly roles: readonly string[];
    readonly searchAsRoles: readonly string[];
    readonly thresholds: readonly RoleThreshold[];
    readonly suggestedReviewers: readonly string[];
    /** The longest duration of a request, in ms; 0 when there is no limit. */
    readonly maxDuration: number;
    readonly reasonRequired: boolean;
    /** The message that is added when the reason is missing. */
    readonly reasonPrompt: string;
  };
  /** The roles whose requests may be reviewed. `where` is a predicate that narrows them, or empty. */
  readonly reviewRequests: { readonly roles: readonly string[]; readonly where: string };
  readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}

/** A role as the server reads it. */
export interface DemoRole {
  readonly name: string;
  /** The longest session with the role, in ms. */
  readonly maxSessionTtl: number;
  readonly requestAccess: string;
  readonly requestPrompt: string;
  readonly allow: Conditions;
  readonly deny: Conditions;
}

/** Maps a role version to the first server version that accepts it. */
const versions: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['v3', 'v4', 'v5', 'v6', 'v7'].map((version) => [version, '0.0.0'])),
  v8: '18.0.0',
};

const defaults: JsonObject = {
  forward_agent: false,
  max_session_ttl: '30h0m0s',
  port_forwarding: true,
  cert_format: 'standard',
  enhanced_recording: ['command', 'network'],
  record_session: { desktop: true, default: 'best_effort' },
  desktop_clipboard: true,
  desktop_directory_sharing: true,
  pin_source_ip: false,
  ssh_file_copy: true,
  idp: { saml: { enabled: true } },
  create_desktop_user: false,
  create_db_user: false,
};

/**
 * Returns the role that the server stores for a manifest: without unknown fields, with defaults and a new
 * revision.
 * @throws Refusal when the server does not accept the role.
 */
export function readRoleManifest(manifest: JsonObject, server: Server): StoredItem {
  const version = textIn(manifest, 'version');
  const since = versions[version];
  if (since === undefined || !isAtLeast(server.version, since)) {
    throw new Refusal(`role version "${version}" is not supported`);
  }
  const schema = roleSchema(server.version);
  const fields = readFields(schema, manifest);
  const spec = objectIn(fields, 'spec');
  // Reading the options again puts them in the order of the schema.
  const unsorted = { spec: { options: { ...defaults, ...objectIn(spec, 'options') } } };
  const options = objectIn(objectIn(readFields(schema, unsorted), 'spec'), 'options');
  const role: StoredItem = {
    kind: 'role',
    version,
    metadata: newMetadata(fields),
    spec: { options, allow: objectIn(spec, 'allow'), deny: objectIn(spec, 'deny') },
  };
  checkRequests(readStoredRole(role), spec);
  if (server.edition === 'community') checkCommunity(role);
  return role;
}

const longestGrant = 14 * 24 * 3_600_000;
const reasonModes = ['required', 'optional'];

/**
 * Refuses conditions about requests and reviews that no edition accepts. With the real programs, tctl itself
 * checks the expressions.
 */
function checkRequests({ allow, deny }: DemoRole, spec: JsonObject): void {
  if (deny.request.thresholds.length) {
    throw new Refusal(
      'deny.request cannot contain thresholds, set denial counts in allow.request.thresholds instead',
    );
  }
  for (const { filter } of allow.request.thresholds) if (filter) checkExpression('threshold', filter);
  for (const { reviewRequests } of [deny, allow]) {
    if (reviewRequests.where) checkExpression('review', reviewRequests.where);
  }
  if (allow.request.maxDuration > longestGrant) {
    throw new Refusal(`max access duration must be less than or equal to ${goDuration(longestGrant)}`);
  }
  const mode = textIn(objectIn(objectIn(objectIn(spec, 'allow'), 'request'), 'reason'), 'mode');
  if (mode && !reasonModes.includes(mode)) {
    throw new Refusal(
      `unrecognized request reason mode "${mode}", must be one of: [${reasonModes.join(' ')}]`,
    );
  }
}

function checkExpression(purpose: string, text: string): void {
  try {
    parseFilter(text);
  } catch (error) {
    throw new Refusal(`invalid ${purpose} predicate: ${quote(text)}, ${(error as Error).message}`);
  }
}

/** Refuses the fields that Community does not have. It accepts max_duration and suggested_reviewers. */
function checkCommunity({ spec }: StoredItem): void {
  const subscription = 'is only available in enterprise subscriptions';
  const allow = objectIn(spec, 'allow');
  const request = objectIn(allow, 'request');
  const fields: readonly (readonly [string, Json | undefined])[] = [
    ['allow.request.thresholds', request['thresholds']],
    ['allow.request.search_as_roles', request['search_as_roles']],
    ['allow.review_requests', allow['review_requests']],
  ];
  const field = fields.find(([, value]) => value !== undefined)?.[0];
  if (field !== undefined) throw new Refusal(`role field ${field} ${subscription}`);
  const requestAccess = textIn(objectIn(spec, 'options'), 'request_access');
  if (requestAccess && requestAccess !== 'optional') {
    throw new Refusal(`role option request_access: ${requestAccess} ${subscription}`);
  }
}

/** Reads a stored role. */
export function readStoredRole({ metadata, spec }: StoredItem): DemoRole {
  const options = objectIn(spec, 'options');
  return {
    name: metadata.name,
    maxSessionTtl: parseDuration(textIn(options, 'max_session_ttl')),
    requestAccess: textIn(options, 'request_access'),
    requestPrompt: textIn(options, 'request_prompt'),
    allow: conditionsIn(objectIn(spec, 'allow')),
    deny: conditionsIn(objectIn(spec, 'deny')),
  };
}

function conditionsIn(side: JsonObject): Conditions {
  const request = objectIn(side, 'request');
  const review = objectIn(side, 'review_requests');
  return {
    logins: withoutTemplates(textsIn(side, 'logins')),
    kubernetesGroups: withoutTemplates(textsIn(side, 'kubernetes_groups')),
    nodeLabels: labelsIn(side, 'node_labels'),
    kubernetesLabels: labelsIn(side, 'kubernetes_labels'),
    request: {
      roles: textsIn(request, 'roles'),
      searchAsRoles: textsIn(request, 'search_as_roles'),
      thresholds: objectsIn(request, 'thresholds').map((threshold) => ({
        name: textIn(threshold, 'name'),
        ...(textIn(threshold, 'filter') ? { filter: textIn(threshold, 'filter') } : {}),
        approve: Number(threshold['approve'] ?? 0),
        deny: Number(threshold['deny'] ?? 0),
      })),
      suggestedReviewers: textsIn(request, 'suggested_reviewers'),
      maxDuration: parseDuration(textIn(request, 'max_duration') || '0'),
      reasonRequired: textIn(objectIn(request, 'reason'), 'mode') === 'required',
      reasonPrompt: textIn(objectIn(request, 'reason'), 'prompt'),
    },
    reviewRequests: { roles: textsIn(review, 'roles'), where: textIn(review, 'where') },
    rules: objectsIn(side, 'rules').map((rule) => ({
      resources: textsIn(rule, 'resources'),
      verbs: textsIn(rule, 'verbs'),
    })),
  };
}

function objectsIn(parent: JsonObject, key: string): readonly JsonObject[] {
  const value = parent[key];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Omits templates, because the demo's users do not have the traits they name. */
const withoutTemplates = (texts: readonly string[]): readonly string[] =>
  texts.filter((text) => !text.includes('{{'));

const labelsIn = (side: JsonObject, key: string): Labels =>
  Object.fromEntries(
    Object.entries(objectIn(side, key)).map(([label, value]) => [
      label,
      typeof value === 'string' ? [value] : textsIn({ value }, 'value'),
    ]),
  );

/** Whether one of the patterns matches the name. `*` matches any text, and `^…$` is a regular expression. */
export const matchesPattern = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => {
    if (pattern === name) return true;
    if (/^\^.*\$$/.test(pattern)) return new RegExp(pattern).test(name);
    if (!pattern.includes('*')) return false;
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
  });

/** Whether every label of the selector matches. An empty selector selects nothing. */
export const selectsLabels = (selector: Labels, labels: Readonly<Record<string, string>>): boolean =>
  Object.keys(selector).length > 0 &&
  Object.entries(selector).every(([label, values]) =>
    label === '*' && values.includes('*')
      ? true
      : label in labels && matchesPattern(values, labels[label] ?? ''),
  );
