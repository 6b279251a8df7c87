// Fills in the defaults of a role as the server does. From `CheckAndSetDefaults` of Teleport's
// api/types/role.go (17.0.0-dev to 18).
import {
  isFilled,
  isPlainList,
  isPlainObject,
  mapAt,
  textAt,
  textsAt,
  valueAt,
  type PlainValue,
  type PlainObject,
} from './value.ts';

/** The options that the server fills in, or acts by, when a role does not set them. */
const defaultOptions: PlainObject = {
  cert_format: 'standard',
  desktop_clipboard: true,
  desktop_directory_sharing: true,
  enhanced_recording: ['command', 'network'],
  max_session_ttl: '30h',
  port_forwarding: true,
  record_session: { default: 'best_effort', desktop: true },
  ssh_file_copy: true,
};

/** Up to version v7 a role also has the option for the SAML identity provider. */
const defaultOptionsToV7: PlainObject = { ...defaultOptions, idp: { saml: { enabled: true } } };

const anyLabel: PlainObject = { '*': '*' };
const anyPod: PlainValue = [{ kind: 'pod', name: '*', namespace: '*' }];
const anyResource: PlainObject = { kind: '*', name: '*', namespace: '*', verbs: ['*'] };

/**
 * The `kubernetes_resources` of a role that has Kubernetes labels but no
 * resources, by role version. v6 has none.
 */
const kubernetesDefaults: Readonly<Record<string, PlainValue>> = {
  v3: anyPod,
  v4: anyPod,
  v5: anyPod,
  v7: [anyResource],
  v8: [{ ...anyResource, api_group: '*' }],
};

/** Role versions whose Kubernetes resources allow every verb. */
const versionsWithoutVerbs: readonly unknown[] = ['v3', 'v4', 'v5', 'v6'];

const isAbsent = (value: PlainValue | undefined): value is null | undefined =>
  value === undefined || value === null;

/** Fills in defaults at every level where the value has none. */
function fillIn(value: PlainValue | undefined, defaults: PlainValue): PlainValue {
  if (isAbsent(value)) return defaults;
  if (!isPlainObject(value) || !isPlainObject(defaults)) return value;
  const missing = Object.entries(defaults).map(([key, initial]): [string, PlainValue] => [
    key,
    fillIn(valueAt(value, [key]), initial),
  ]);
  return Object.fromEntries([...Object.entries(value), ...missing]);
}

/** The labels that version v3 sets to all resources when they are absent. */
function implicitLabels(allow: PlainObject): PlainObject {
  const kinds = ['app_labels', 'kubernetes_labels', 'db_labels'];
  if (textsAt(allow, ['logins']).length > 0) kinds.push('node_labels');
  return Object.fromEntries(kinds.filter((kind) => !isFilled(allow[kind])).map((kind) => [kind, anyLabel]));
}

/** Whether absent labels give access to all resources of a kind, which only version v3 does. */
export const hasImplicitLabels = (role: PlainObject): boolean =>
  role['version'] === 'v3' && isFilled(implicitLabels(mapAt(role, ['spec', 'allow'])));

/** Adds the verb `*` to Kubernetes resources without verbs. */
const withVerbs = (conditions: PlainObject): PlainObject => {
  const { kubernetes_resources: resources } = conditions;
  if (!isPlainList(resources)) return conditions;
  const complete = resources.map((resource) =>
    isPlainObject(resource) && textsAt(resource, ['verbs']).length === 0
      ? { ...resource, verbs: ['*'] }
      : resource,
  );
  return { ...conditions, kubernetes_resources: complete };
};

/** The allow conditions with the labels and Kubernetes resources that the role version implies. */
function allowWithDefaults(version: PlainValue | undefined, given: PlainObject): PlainObject {
  const allow = version === 'v3' ? { ...given, ...implicitLabels(given) } : given;
  const initial = typeof version === 'string' ? kubernetesDefaults[version] : undefined;
  const hasClusterLabels =
    isFilled(allow['kubernetes_labels']) || textAt(allow, ['kubernetes_labels_expression']) !== '';
  return initial !== undefined && hasClusterLabels && !isFilled(allow['kubernetes_resources'])
    ? { ...allow, kubernetes_resources: initial }
    : allow;
}

/** The defaults of every role of a version. */
export function defaultsFor(version: PlainValue | undefined): PlainObject {
  const isUpToV7 = typeof version === 'string' && version !== 'v8';
  return { spec: { options: isUpToV7 ? defaultOptionsToV7 : defaultOptions } };
}

/** A role with the defaults that the server adds for the role's version. Values of the role itself stay. */
export function withDefaults(role: PlainObject): PlainObject {
  const { version } = role;
  const completed = fillIn(role, defaultsFor(version));
  const spec = valueAt(completed, ['spec']);
  if (!isPlainObject(completed) || !isPlainObject(spec)) return role;
  const complete = (conditions: PlainObject): PlainObject =>
    versionsWithoutVerbs.includes(version) ? withVerbs(conditions) : conditions;
  const allow = complete(allowWithDefaults(version, mapAt(spec, ['allow'])));
  return { ...completed, spec: { ...spec, allow, deny: complete(mapAt(spec, ['deny'])) } };
}
