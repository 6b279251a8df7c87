// A role as the server completes it. From `CheckAndSetDefaults` of Teleport's api/types/role.go (17.0.0-dev to 18).
import { isPlainObject, textsAt, valueAt, type Plain, type PlainObject } from './value.ts';

/** The options that a server fills in, or acts by, where a role says nothing of them. */
const options: PlainObject = {
  cert_format: 'standard',
  desktop_clipboard: true,
  desktop_directory_sharing: true,
  enhanced_recording: ['command', 'network'],
  max_session_ttl: '30h',
  port_forwarding: true,
  record_session: { default: 'best_effort', desktop: true },
  ssh_file_copy: true,
};

/** Up to v7 a role decides about SAML as well. */
const legacyOptions: PlainObject = { ...options, idp: { saml: { enabled: true } } };

const every: PlainObject = { '*': '*' };
const everyPod: Plain = [{ kind: 'pod', name: '*', namespace: '*' }];
const everything: PlainObject = { kind: '*', name: '*', namespace: '*', verbs: ['*'] };

/** What a role gets in Kubernetes clusters that it may use and says nothing more of; v6 nothing. */
const kubernetesOf: Readonly<Record<string, Plain>> = {
  v3: everyPod,
  v4: everyPod,
  v5: everyPod,
  v7: [everything],
  v8: [{ ...everything, api_group: '*' }],
};

/** Versions whose Kubernetes resources stand for every verb. */
const withoutVerbs: readonly unknown[] = ['v3', 'v4', 'v5', 'v6'];

const isAbsent = (value: Plain | undefined): value is null | undefined =>
  value === undefined || value === null;
/** Not there, or stored as if it were not. */
const isEmpty = (value: Plain | undefined): boolean =>
  isAbsent(value) || (typeof value === 'object' && Object.keys(value).length === 0);

function filled(value: Plain | undefined, defaults: Plain): Plain {
  if (isAbsent(value)) return defaults;
  if (!isPlainObject(value) || !isPlainObject(defaults)) return value;
  const missing = Object.entries(defaults).map(([key, initial]): [string, Plain] => [
    key,
    filled(valueAt(value, [key]), initial),
  ]);
  return Object.fromEntries([...Object.entries(value), ...missing]);
}

/** The labels that v3 takes for "all" where they are left out. */
function labelsOfV3(allow: PlainObject): PlainObject {
  const kinds = ['app_labels', 'kubernetes_labels', 'db_labels'];
  if (textsAt(allow, ['logins']).length > 0) kinds.push('node_labels');
  return Object.fromEntries(
    kinds.filter((kind) => isEmpty(valueAt(allow, [kind]))).map((kind) => [kind, every]),
  );
}

/** Whether leaving labels out gives everything of some kind, which only v3 does. */
export const fillsLabels = (role: PlainObject): boolean => {
  const allow = valueAt(role, ['spec', 'allow']) ?? {};
  return role['version'] === 'v3' && isPlainObject(allow) && Object.keys(labelsOfV3(allow)).length > 0;
};

const withVerbs = (conditions: PlainObject): PlainObject => {
  const { kubernetes_resources: resources } = conditions;
  if (!Array.isArray(resources)) return conditions;
  const spelled = (resources as readonly Plain[]).map((one) =>
    isPlainObject(one) && isEmpty(one['verbs']) ? { ...one, verbs: ['*'] } : one,
  );
  return { ...conditions, kubernetes_resources: spelled };
};

function allowedBy(version: Plain | undefined, given: PlainObject): PlainObject {
  const allow = version === 'v3' ? { ...given, ...labelsOfV3(given) } : given;
  const initial = typeof version === 'string' ? kubernetesOf[version] : undefined;
  const usesClusters =
    !isEmpty(allow['kubernetes_labels']) || textsAt(allow, ['kubernetes_labels_expression']).some(Boolean);
  return initial !== undefined && usesClusters && isEmpty(allow['kubernetes_resources'])
    ? { ...allow, kubernetes_resources: initial }
    : allow;
}

/** What any role of a version says, though it says nothing. */
export function initially(version: Plain | undefined): PlainObject {
  const legacy = typeof version === 'string' && version !== 'v8';
  return { spec: { options: legacy ? legacyOptions : options } };
}

/** A role with what the server adds to it, by the version of the role. What it says itself stays. */
export function withDefaults(role: PlainObject): PlainObject {
  const { version } = role;
  const whole = filled(role, initially(version));
  const spec = valueAt(whole, ['spec']);
  if (!isPlainObject(whole) || !isPlainObject(spec)) return role;
  const sides = ['allow', 'deny'].flatMap((side): [string, PlainObject][] => {
    const conditions = valueAt(spec, [side]) ?? {};
    if (!isPlainObject(conditions)) return [];
    const given = side === 'allow' ? allowedBy(version, conditions) : conditions;
    return [[side, withoutVerbs.includes(version) ? withVerbs(given) : given]];
  });
  return { ...whole, spec: { ...spec, ...Object.fromEntries(sides) } };
}
