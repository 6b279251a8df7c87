import type { Elevation } from '../../../src/access/elevation.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import type { CommandServices } from '../../../src/commands/services.ts';
import { Store, type Snapshot } from '../../../src/state/store.ts';
import { TeleportFailure, type Failure } from '../../../src/teleport/process/failure.ts';
import { id, minute, now, profile, request, snapshot, elevation, names } from '../samples.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { census, user } from '../roles/censusSamples.ts';
import { screen } from '../vscode/screen.ts';

/** The record of an Apply that can be undone. */
const appliedBefore = {
  ...{ cluster: 'ent.example.test', by: 'alice', at: now },
  roles: [{ name: untrusted('applied-role'), sent: {} }],
};

/** The methods of services that only read, with what they answer. Every other call counts as a change. */
const reads: Readonly<Record<string, unknown>> = {
  'drafts.load': undefined,
  'drafts.draftsSetAside': [],
  'drafts.pastRequests': [],
  'drafts.lastReviewers': [],
  'drafts.reviewReasons': ['seen before'],
  'lastLogin.read': undefined,
  'elevations.record': { requestId: id(1), state: 'ready' },
  'elevations.homeOf': {},
  'elevations.folderOf': '/run/user/1000/jit-access/home/current',
  'client.program': { path: '/usr/bin/tsh' },
  'tsh.others': [profile('bob')],
  'tctl.roles': [],
  'tctl.status': {},
  'tctl.capabilities': { roles: names('kube-admin', 'prod-dba'), reviewers: [] },
  'resources.roles': names('kube-admin'),
  'files.read': (name: string) => (name.startsWith('applied/') ? appliedBefore : undefined),
  'files.names': ['applied/1.json'],
  'tctl.list': { resources: [], unreadable: 0 },
  'files.claim': true,
  'kube.list': [],
  'records.read': undefined,
  'records.all': [],
  'shellCheck.verdict': { kind: 'kept' },
  'terminals.has': true,
  'log.warn': undefined,
  'refresh.refreshNow': undefined,
  'refresh.ensureLogin': undefined,
  'refresh.loginMayHaveChanged': undefined,
};

/** What a test gives to the commands. */
export interface WorldParts {
  readonly snapshot: Partial<Snapshot>;
  /** Answers of methods in place of the usual ones. A function is called. */
  readonly answers?: Readonly<Record<string, unknown>>;
}

/**
 * Services for commands. Calls that change something are noted in `screen.effects` and do nothing else, as
 * `service.method`.
 */
export function commandWorld({ snapshot: parts, answers = {} }: WorldParts): CommandServices {
  const store = new Store();
  store.update(snapshot(parts));
  const answerOf = (method: string, args: readonly unknown[]): unknown => {
    const answer = method in answers ? answers[method] : reads[method];
    return typeof answer === 'function'
      ? (answer as (...all: readonly unknown[]) => unknown)(...args)
      : answer;
  };
  const service = (name: string): unknown =>
    new Proxy(
      {},
      {
        get: (_, property) => {
          const method = `${name}.${String(property)}`;
          if (method in plain) return plain[method];
          return (...args: readonly unknown[]): unknown => {
            if (!(method in answers) && !(method in reads))
              screen.effects.push(name === 'files' ? `${method} ${String(args[0])}` : method);
            return synchronous.has(method)
              ? answerOf(method, args)
              : Promise.resolve().then(() => answerOf(method, args));
          };
        },
      },
    );
  const show = (requestId: string): AccessRequest => {
    const found = store.snapshot.requests?.find((each) => each.id === requestId);
    if (!found) throw new TeleportFailure({ kind: 'gone' });
    return found;
  };
  let shownAction: unknown;
  const own: Readonly<Record<string, unknown>> = {
    store,
    clock: { now: () => now },
    env: {},
    workspace: () => [],
    mainLogin: { folder: '/home/alice/.tsh' },
    rights: { of: () => ({ works: true, at: now }), record: () => undefined },
    census: { last: census({ users: [user('eve', ['editor'])] }), replace: () => undefined },
    log: { warn: () => undefined, show: () => screen.effects.push('log shown'), unexpected },
    refresh: {
      ...{
        refreshNow: () => answered('refresh.refreshNow'),
        ensureLogin: () => answered('refresh.ensureLogin'),
      },
      ...{ readLogin: () => answered('refresh.readLogin'), loginMayHaveChanged: () => undefined },
      signedOut: () => answered('refresh.signedOut'),
      show: (requestId: string) => Promise.resolve().then(() => show(requestId)),
    },
    documents: { put: (path: string) => ({ uri: path }) },
    diffEditors: {
      activeDiff: () => shownAction,
      show: (_title: string, _pairs: unknown, action: unknown) => {
        shownAction = action;
        screen.effects.push('editor: differences');
      },
      removeAction: () => undefined,
    },
  };
  const answered = (method: string): Promise<unknown> => Promise.resolve().then(() => answerOf(method, []));
  return new Proxy({} as CommandServices, {
    get: (_, name) => own[String(name)] ?? service(String(name)),
    ownKeys: () => Object.keys(own),
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
}

/** Properties that are no methods. */
const plain: Readonly<Record<string, unknown>> = { 'elevations.records': [] };
const synchronous = new Set([
  'elevations.record',
  'elevations.homeOf',
  'elevations.folderOf',
  'terminals.has',
]);

/** An error that no command expects is a fault of the test or of the command. */
function unexpected(error: unknown): void {
  screen.effects.push(`unexpected: ${String(error instanceof Error ? error.stack : error)}`);
}

/** Answers of a method that fails with words of Teleport. */
export const failing = (failure: Failure) => (): never => {
  throw new TeleportFailure(failure);
};

/** The states 0, 1 and 2 of what can be acted on: requests of each kind, and elevations. */
export function countedState(requestCount: number, elevationCount: number): Partial<Snapshot> {
  const numbers = (from: number, count: number): number[] =>
    Array.from({ length: count }, (_, n) => from + n);
  const others = { user: untrusted('bob'), suggestedReviewers: names('alice') };
  const elevations = numbers(1, elevationCount).map((n): Elevation =>
    elevation({
      ...{ requestId: id(n), where: { kind: 'private', home: String(n).repeat(32) } },
      ...{ kube: untrusted('prod'), mismatch: untrusted('staging') },
    }),
  );
  return {
    requests: [
      ...numbers(1, elevationCount).map((n) => request({ id: id(n), state: 'approved' })),
      ...numbers(11, requestCount).map((n) =>
        request({ id: id(n), state: 'approved', grantEnds: now + 90 * minute }),
      ),
      ...numbers(21, requestCount).map((n) => request({ id: id(n), roles: names('prod-dba') })),
      ...numbers(31, requestCount).map((n) => request({ id: id(n), ...others })),
    ],
    elevations,
  };
}
