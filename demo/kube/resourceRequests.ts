// Requests about things in the cluster: get, list, watch, delete and logs.
import { KubeFailure, kubeList, notFound, tableOf, wantsTable } from './apiResponses.ts';
import type { KubeKind, KubeObject } from './resourceKinds.ts';
import { forbidden, isAllowed, type KubeAction } from './accessRules.ts';
import type { KubeCaller } from './token.ts';
import { kindAt, type KubeWorld } from './sampleObjects.ts';

/** An answer that goes on. */
export interface Stream {
  write(text: string): void;
  end(): void;
  /** The client left, or was cut off. */
  readonly closed: Promise<void>;
}

/** One request, authenticated. */
export interface Call {
  readonly group: string;
  /** Behind `/api/v1/` or `/apis/<group>/v1/`. */
  readonly path: string;
  readonly method: string;
  readonly query: URLSearchParams;
  readonly accept: string | undefined;
  readonly caller: KubeCaller;
  readonly world: KubeWorld;
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
  const inside = parts[0] === 'namespaces' && parts.length > 2;
  const [resource = '', name, subresource] = inside ? parts.slice(2) : parts;
  return { resource, name, subresource, namespace: inside ? parts[1] : undefined };
}

function verbOf({ method, query }: Call, name: string | undefined): string {
  if (method === 'DELETE') return 'delete';
  if (method === 'POST') return 'create';
  if (method === 'PUT') return 'update';
  if (method === 'PATCH') return 'patch';
  if (isTrue(query.get('watch'))) return 'watch';
  return name === undefined ? 'list' : 'get';
}

const isTrue = (value: string | null): boolean => value === 'true' || value === '1';

/** Refuses what the person's groups do not allow. */
export function demandAllowed(call: Call): void {
  const { resource, namespace, name, subresource } = targetOf(call.path);
  const action: KubeAction = {
    verb: verbOf(call, name),
    group: call.group,
    resource: subresource ? `${resource}/${subresource}` : resource,
    namespace,
    name,
  };
  const { groups, user } = call.caller;
  if (isAllowed(groups, action)) return;
  const details = { ...(name ? { name } : {}), ...(call.group ? { group: call.group } : {}), kind: resource };
  throw new KubeFailure(403, 'Forbidden', forbidden(user, action), details);
}

/** Answers; false where there is no such path. */
export function answerResource(call: Call): boolean {
  const { resource, namespace, name, subresource } = targetOf(call.path);
  const kind = kindAt(call.group, resource);
  if (!kind) return false;
  const verb = verbOf(call, name);
  if (verb === 'list') sendList(call, kind, namespace);
  else if (verb === 'watch') watchKind(call, kind, namespace, name);
  else return name !== undefined && answerOne(call, verb, kind, namespace, name, subresource);
  return true;
}

function answerOne(
  call: Call,
  verb: string,
  kind: KubeKind,
  namespace: string | undefined,
  name: string,
  subresource: string | undefined,
): boolean {
  const object = call.world.find(kind, namespace, name);
  if (!object) throw notFound(kind, name);
  if (verb === 'get' && subresource === 'log') sendLog(call, object);
  else if (subresource !== undefined) return false;
  else if (verb === 'get') {
    call.send(200, wantsTable(call.accept) ? table(call, kind, [object]) : object);
  } else if (verb === 'delete' && kind.resource === 'pods') {
    call.world.deletePod(object);
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

const table = (call: Call, kind: KubeKind, objects: readonly KubeObject[]): object =>
  tableOf(kind, objects, call.world.resourceVersion(), call.now());

/** `fieldSelector=metadata.name=…` and `labelSelector=a=b,…`; others select everything. */
function isSelected({ query }: Call, { metadata }: KubeObject): boolean {
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

function sendList(call: Call, kind: KubeKind, namespace: string | undefined): void {
  const objects = call.world.list(kind, namespace).filter((object) => isSelected(call, object));
  objects.sort((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1));
  call.send(
    200,
    wantsTable(call.accept)
      ? table(call, kind, objects)
      : kubeList(kind, objects, call.world.resourceVersion()),
  );
}

const placeOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

function watchKind(
  call: Call,
  kind: KubeKind,
  namespace: string | undefined,
  name: string | undefined,
): void {
  const stream = call.stream('application/json');
  const tell = (type: string, object: KubeObject): void => {
    const inside = namespace === undefined || object.metadata.namespace === namespace;
    if (!inside || !isSelected(call, object) || (name !== undefined && object.metadata.name !== name)) return;
    const shown = wantsTable(call.accept) ? table(call, kind, [object]) : object;
    stream.write(`${JSON.stringify({ type, object: shown })}\n`);
  };
  const from = call.query.get('resourceVersion') ?? '0';
  if (from === '0') for (const object of call.world.list(kind, namespace)) tell('ADDED', object);
  const stop = call.world.onChange((change) => {
    if (change.kind === kind) tell(change.type, change.object);
  });
  void stream.closed.then(stop);
}

/** How often a pod says something, in ms. */
const logInterval = 1000;

function sendLog(call: Call, object: KubeObject): void {
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
  const talking = setInterval(() => stream.write(line(call.now(), 'GET /healthz 200')), logInterval);
  void stream.closed.then(() => clearInterval(talking));
}
