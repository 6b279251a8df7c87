// Answers requests for Kubernetes objects: get, list, watch, delete and logs.
import { KubeFailure, kubeList, objectNotFound, tableOf, wantsTable } from './apiResponses.ts';
import type { KubeKind, KubeObject } from './kubeKinds.ts';
import { forbiddenMessage, isAllowed, type KubeAction } from './accessRules.ts';
import type { KubeCaller } from './token.ts';
import { kindAt, type KubeObjectStore } from './sampleObjects.ts';

/** A response that stays open. */
export interface Stream {
  write(text: string): void;
  end(): void;
  /** Resolves when the client disconnects or is disconnected. */
  readonly closed: Promise<void>;
}

/** A request of an authenticated caller. */
export interface KubeRequest {
  readonly group: string;
  /** The part of the path after `/api/v1/` or `/apis/<group>/v1/`. */
  readonly path: string;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly accept: string | undefined;
  readonly caller: KubeCaller;
  readonly objects: KubeObjectStore;
  now(): number;
  send(status: number, object: object): void;
  stream(type: string): Stream;
}

interface Target {
  readonly resource: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

function targetOf(path: string): Target {
  const parts = path.split('/').map(decodeURIComponent);
  const namespaced = parts[0] === 'namespaces' && parts.length > 2;
  const [resource = '', name, subresource] = namespaced ? parts.slice(2) : parts;
  return { resource, name, subresource, namespace: namespaced ? parts[1] : undefined };
}

function verbOf({ method, query }: KubeRequest, name: string | undefined): string {
  if (method === 'DELETE') return 'delete';
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  if (isTrue(query.get('watch'))) return 'watch';
  return name === undefined ? 'list' : 'get';
}

const isTrue = (value: string | null): boolean => value === 'true' || value === '1';

/** Throws a KubeFailure 403 when the caller's groups do not allow the request. */
export function requireAllowed(request: KubeRequest): void {
  const { resource, namespace, name, subresource } = targetOf(request.path);
  const action: KubeAction = {
    verb: verbOf(request, name),
    group: request.group,
    resource: subresource ? `${resource}/${subresource}` : resource,
    namespace,
    name,
  };
  const { groups, user } = request.caller;
  if (isAllowed(groups, action)) return;
  const details = {
    ...(name ? { name } : {}),
    ...(request.group ? { group: request.group } : {}),
    kind: resource,
  };
  throw new KubeFailure(403, 'Forbidden', forbiddenMessage(user, action), details);
}

/** Answers the request. Returns false when the path does not exist. @throws KubeFailure 404 or 405. */
export function answerResource(request: KubeRequest): boolean {
  const { resource, namespace, name, subresource } = targetOf(request.path);
  const kind = kindAt(request.group, resource);
  if (!kind) return false;
  const verb = verbOf(request, name);
  if (verb === 'list') sendList(request, kind, namespace);
  else if (verb === 'watch') watchKind(request, kind, namespace, name);
  else return name !== undefined && answerOne(request, verb, kind, namespace, name, subresource);
  return true;
}

function answerOne(
  call: KubeRequest,
  verb: string,
  kind: KubeKind,
  namespace: string | undefined,
  name: string,
  subresource: string | undefined,
): boolean {
  const object = call.objects.find(kind, namespace, name);
  if (!object) throw objectNotFound(kind, name);
  if (verb === 'get' && subresource === 'log') sendLog(call, object);
  else if (subresource !== undefined) return false;
  else if (verb === 'get') {
    call.send(200, wantsTable(call.accept) ? table(call, kind, [object]) : object);
  } else if (verb === 'delete' && kind.resource === 'pods') {
    call.objects.deletePod(object);
    const { uid } = object.metadata;
    const details = { name, kind: kind.resource, uid };
    call.send(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details });
  } else
    throw new KubeFailure(
      405,
      'MethodNotAllowed',
      'the server does not allow this method on the requested resource',
    );
  return true;
}

const table = (call: KubeRequest, kind: KubeKind, objects: readonly KubeObject[]): object =>
  tableOf(kind, objects, call.objects.resourceVersion(), call.now());

/**
 * Whether an object matches `fieldSelector=metadata.name=…` and `labelSelector=a=b,…`. Ignores other
 * selectors.
 */
function isSelected({ query }: KubeRequest, { metadata }: KubeObject): boolean {
  const [, name] = /^metadata\.name=(.*)$/.exec(query.get('fieldSelector') ?? '') ?? [];
  const labels = (query.get('labelSelector') ?? '').split(',').filter(Boolean);
  return (
    (name === undefined || name === metadata.name) &&
    labels.every((label) => {
      const [key = '', value] = label.split(/==?/);
      return metadata.labels?.[key] === value;
    })
  );
}

function sendList(call: KubeRequest, kind: KubeKind, namespace: string | undefined): void {
  const objects = call.objects.list(kind, namespace).filter((object) => isSelected(call, object));
  objects.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  call.send(
    200,
    wantsTable(call.accept)
      ? table(call, kind, objects)
      : kubeList(kind, objects, call.objects.resourceVersion()),
  );
}

const placeOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

function watchKind(
  call: KubeRequest,
  kind: KubeKind,
  namespace: string | undefined,
  name: string | undefined,
): void {
  const stream = call.stream('application/json');
  const sendEvent = (type: string, object: KubeObject): void => {
    const inNamespace = namespace === undefined || object.metadata.namespace === namespace;
    if (!inNamespace || !isSelected(call, object) || (name !== undefined && object.metadata.name !== name))
      return;
    const representation = wantsTable(call.accept) ? table(call, kind, [object]) : object;
    stream.write(`${JSON.stringify({ type, object: representation })}\n`);
  };
  const since = call.query.get('resourceVersion') ?? '0';
  if (since === '0') for (const object of call.objects.list(kind, namespace)) sendEvent('ADDED', object);
  const stop = call.objects.onChange((change) => {
    if (change.kind === kind) sendEvent(change.type, change.object);
  });
  void stream.closed.then(stop);
}

/** The interval between two lines in the log of a pod, in ms. */
const logInterval = 1000;

function sendLog(call: KubeRequest, object: KubeObject): void {
  const { name, creationTimestamp } = object.metadata;
  const started = Date.parse(creationTimestamp);
  const line = (ms: number, text: string): string => `${new Date(ms).toISOString()} ${text}\n`;
  const lines = [
    line(started, `${name} started`),
    line(started + 1200, 'connected to the database'),
    line(started + 1500, 'listening on :8080'),
  ];
  const tail = call.query.get('tailLines');
  const stream = call.stream('text/plain');
  stream.write(lines.slice(tail === null || tail === '-1' ? 0 : lines.length - Number(tail)).join(''));
  if (!isTrue(call.query.get('follow'))) {
    stream.end();
    return;
  }
  const logTimer = setInterval(() => stream.write(line(call.now(), 'GET /healthz 200')), logInterval);
  void stream.closed.then(() => clearInterval(logTimer));
}
