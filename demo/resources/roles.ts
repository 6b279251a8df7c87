// Roles: what a manifest becomes on the server, and what the server reads in one.
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

export type DemoEdition = 'enterprise' | 'community';

/** What decides which roles a server takes. */
export interface Server {
  readonly edition: DemoEdition;
  readonly version: string;
}

/** How many approvals or denials decide. */
export interface RoleThreshold {
  readonly name: string;
  /** Whose review counts; absent = everybody's. */
  readonly filter?: string;
  readonly approve: number;
  readonly deny: number;
}

/** Label to the values that match. */
export type Labels = Readonly<Record<string, readonly string[]>>;

/** What one side, allow or deny, says about requests, reviews and resources. */
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
    /** ms; 0 = none */
    readonly maxDuration: number;
    readonly reasonRequired: boolean;
    /** What is said when the reason is missing. */
    readonly reasonPrompt: string;
  };
  /** `where` narrows it: an expression, or nothing. */
  readonly reviewRequests: { readonly roles: readonly string[]; readonly where: string };
  readonly rules: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[];
}

/** A role as the server reads it. */
export interface DemoRole {
  readonly name: string;
  /** ms */
  readonly maxSessionTtl: number;
  readonly requestAccess: string;
  readonly requestPrompt: string;
  readonly allow: Conditions;
  readonly deny: Conditions;
}

/** Role version to the server's since when it is taken. */
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

/** A manifest as the server stores it: unknown fields gone, the rest filled in, a new revision. */
export function readRoleManifest(manifest: JsonObject, server: Server): StoredItem {
  const version = textIn(manifest, 'version');
  const since = versions[version];
  if (since === undefined || !isAtLeast(server.version, since)) {
    throw new Refusal(`role version "${version}" is not supported`);
  }
  const schema = roleSchema(server.version);
  const known = readFields(schema, manifest);
  const spec = objectIn(known, 'spec');
  // Reading again gives the order of the schema.
  const given = { spec: { options: { ...defaults, ...objectIn(spec, 'options') } } };
  const options = objectIn(objectIn(readFields(schema, given), 'spec'), 'options');
  const role: StoredItem = {
    kind: 'role',
    version,
    metadata: newMetadata(known),
    spec: { options, allow: objectIn(spec, 'allow'), deny: objectIn(spec, 'deny') },
  };
  checkRequests(findRole(role), spec);
  if (server.edition === 'community') checkCommunity(role);
  return role;
}

const longestGrant = 14 * 24 * 3_600_000;
const reasonModes = ['required', 'optional'];

/** What every server refuses in what a role says about requests and reviews; the expressions by tctl itself. */
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

function checkExpression(what: string, text: string): void {
  try {
    parseFilter(text);
  } catch (error) {
    throw new Refusal(`invalid ${what} predicate: ${quote(text)}, ${(error as Error).message}`);
  }
}

/** Community has max_duration and suggested_reviewers; these it refuses. */
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
  const access = textIn(objectIn(spec, 'options'), 'request_access');
  if (access && access !== 'optional') {
    throw new Refusal(`role option request_access: ${access} ${subscription}`);
  }
}

/** What a stored role says. */
export function findRole({ metadata, spec }: StoredItem): DemoRole {
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
    logins: plain(textsIn(side, 'logins')),
    kubernetesGroups: plain(textsIn(side, 'kubernetes_groups')),
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

/** Without templates: nobody here has the traits they name. */
const plain = (texts: readonly string[]): readonly string[] => texts.filter((text) => !text.includes('{{'));

const labelsIn = (side: JsonObject, key: string): Labels =>
  Object.fromEntries(
    Object.entries(objectIn(side, key)).map(([label, value]) => [
      label,
      typeof value === 'string' ? [value] : textsIn({ value }, 'value'),
    ]),
  );

/** Whether one of the patterns, with `*` for anything or as `^…$` a regular expression, names it. */
export const matchesPattern = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) => {
    if (pattern === name) return true;
    if (/^\^.*\$$/.test(pattern)) return new RegExp(pattern).test(name);
    if (!pattern.includes('*')) return false;
    const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
  });

/** Whether every label that is asked for is there; no labels at all select nothing. */
export const selects = (wanted: Labels, labels: Readonly<Record<string, string>>): boolean =>
  Object.keys(wanted).length > 0 &&
  Object.entries(wanted).every(([label, values]) =>
    label === '*' && values.includes('*')
      ? true
      : label in labels && matchesPattern(values, labels[label] ?? ''),
  );
