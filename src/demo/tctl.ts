// `tctl …`: what administrators run.
import { createHash, randomUUID } from 'node:crypto';
import type { FlagSpec } from './arguments.ts';
import type { Command } from './command.ts';
import { Refusal } from './failure.ts';
import { hiddenFormat } from './flags.ts';
import { goJson, headedTable, table } from './go.ts';
import { demand, requestOf, rolesOf } from './grants.ts';
import { requestObject, tctlRequestTable } from './print.ts';
import { decree, findRequest, listRequests } from './requests.ts';
import { connectTctl, type Session } from './session.ts';
import { changeState, putRequest, requestState, type Lock } from './state.ts';

const ids = { name: 'request-id', help: 'ID of target request(s)', required: true };

function isJson({ flags }: Session): boolean {
  const format = flags.text('format') ?? 'text';
  if (format !== 'text' && format !== 'json') {
    throw new Refusal(`unknown format "${format}", must be one of ["text", "json"]`);
  }
  return format === 'json';
}

const list: Command = {
  words: ['requests', 'ls'],
  help: 'Show active access requests.',
  flags: [
    hiddenFormat,
    { name: 'sort-index', help: "Request sort index, 'created' or 'state'" },
    { name: 'sort-order', help: "Request sort order, 'ascending' or 'descending'" },
  ],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const now = session.now();
    const json = isJson(session);
    const requests = listRequests(state, certificate.user, now).filter((request) => request.expires > now);
    session.out(
      json ? `${goJson(requests.reverse().map(requestObject), 'tctl')}\n` : tctlRequestTable(requests, now),
    );
  },
};

const get: Command = {
  words: ['requests', 'get'],
  help: 'Show access request by ID.',
  flags: [hiddenFormat],
  args: [ids],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const requests = idsOf(session).map((id) => {
      const request = findRequest(state, certificate.user, id, session.now());
      if (!request) throw new Refusal(`request with ID "${id}" not found`);
      return request;
    });
    session.out(
      isJson(session)
        ? `${goJson(requests.map(requestObject), 'tctl')}\n`
        : tctlRequestTable(requests, session.now()),
    );
  },
};

const idsOf = ({ flags }: Session): string[] => (flags.args[0] ?? '').split(',');

const decreeFlags: readonly FlagSpec[] = [
  { name: 'delegator', help: 'Optional delegating identity' },
  { name: 'reason', help: 'Optional reason message' },
  { name: 'annotations', help: 'Resolution attributes <key>=<val>[,...]' },
];

/** One request after the other: on an error the earlier ones stay decided. */
function decide(session: Session, to: number): void {
  const { flags } = session;
  const { certificate } = connectTctl(session);
  const decreed = {
    state: to,
    reason: flags.text('reason') ?? '',
    annotations: annotations(flags.text('annotations')),
    roles: (flags.text('roles') ?? '').split(',').filter(Boolean),
    assumeStart: flags.text('assume-start-time') ? Date.parse(flags.text('assume-start-time') ?? '') : 0,
  };
  for (const id of idsOf(session)) {
    changeState(session.dir, (state) => decree(state, certificate, id, decreed, session.now()));
  }
}

function annotations(text = ''): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const pair of text.split(',').filter(Boolean)) {
    const [key = '', value] = pair.split('=');
    if (!key || value === undefined) throw new Refusal(`invalid key-value pair: "${pair}"`);
    (all[key] ??= []).push(value);
  }
  return all;
}

const approve: Command = {
  words: ['requests', 'approve'],
  help: 'Approve pending access request.',
  flags: [
    ...decreeFlags,
    { name: 'roles', help: 'Override requested roles <role>[,...]' },
    { name: 'assume-start-time', help: 'Sets time roles can be assumed by requestor' },
  ],
  args: [ids],
  run: (session) => decide(session, requestState.approved),
};

const deny: Command = {
  words: ['requests', 'deny'],
  help: 'Deny pending access request.',
  flags: decreeFlags,
  args: [ids],
  run: (session) => decide(session, requestState.denied),
};

const remove: Command = {
  words: ['requests', 'rm'],
  help: 'Delete an access request.',
  flags: [
    { name: 'force', short: 'f', kind: 'boolean', help: 'Force the deletion of an active access request' },
  ],
  args: [ids],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const force = session.flags.yes('force');
    const approved = idsOf(session).find(
      (id) => requestOf(state, id, session.now())?.state === requestState.approved,
    );
    if (approved !== undefined && !force) {
      session.out(removalWarning(approved));
      return;
    }
    for (const id of idsOf(session)) {
      changeState(session.dir, (now) => {
        demand(now, certificate.user, 'delete', 'access_request');
        if (!requestOf(now, id, session.now())) throw new Refusal(`request with ID "${id}" not found`);
        putRequest(now, id, undefined);
      });
    }
    session.out('Access request deleted successfully.\n');
  },
};

const removalWarning = (id: string): string =>
  '\nThis access request has already been approved, deleting the request now will NOT remove\n' +
  "the user's access to these roles. If you would like to lock the user's access to the\n" +
  `requested roles instead, you can run:\n\n> tctl lock --access-request ${id}\n\n` +
  'To delete the request anyway, re-run this command with --force.\n\n';

const capabilities: Command = {
  words: ['requests', 'capabilities'],
  aliases: ['caps'],
  help: "Check a user's access capabilities.",
  flags: [hiddenFormat],
  args: [{ name: 'username', help: 'Name of target user', required: true }],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const [user = ''] = session.flags.args;
    if (user !== certificate.user) demand(state, certificate.user, 'read', 'user');
    if (!state.people.some(({ name }) => name === user)) throw new Refusal(`user "${user}" not found`);
    const rules = rolesOf(state, user).flatMap((role) => role.request ?? []);
    const distinct = (all: readonly string[]): string[] => [...new Set(all)].sort();
    const roles = distinct(rules.flatMap((rule) => rule.roles));
    const reviewers = distinct(rules.flatMap((rule) => rule.suggestedReviewers ?? []));
    if (isJson(session)) {
      const some = (all: readonly string[]): readonly string[] | undefined => (all.length ? all : undefined);
      const answer = { requestable_roles: some(roles), suggested_reviewers: some(reviewers) };
      session.out(`${goJson(answer, 'tctl')}\n`);
      return;
    }
    session.out(
      headedTable(
        ['Name', 'Value'],
        [
          ['Requestable Roles:', roles.join(',') || 'None'],
          ['Suggested Reviewers:', reviewers.join(',') || 'None'],
        ],
      ),
    );
  },
};

const lock: Command = {
  words: ['lock'],
  help: 'Create a new lock.',
  flags: [
    { name: 'user', help: 'Name of a Teleport user to disable.' },
    { name: 'role', help: 'Name of a Teleport role to disable.' },
    { name: 'access-request', help: 'UUID of an access request to disable.' },
    { name: 'message', help: 'Message to display to locked-out users.' },
    { name: 'expires', help: 'Time point (RFC3339) when the lock expires.' },
    { name: 'ttl', kind: 'duration', help: 'Time duration after which the lock expires.' },
  ],
  run(session) {
    const { flags } = session;
    const { certificate } = connectTctl(session);
    const [accessRequest, user, role] = ['access-request', 'user', 'role'].map((name) => flags.text(name));
    const target = {
      ...(accessRequest ? { accessRequest } : {}),
      ...(user ? { user } : {}),
      ...(role ? { role } : {}),
    };
    if (!Object.keys(target).length) throw new Refusal('at least one target field must be set');
    const ttl = flags.duration('ttl');
    const expires = ttl === undefined ? Date.parse(flags.text('expires') ?? '') : session.now() + ttl;
    const made: Lock = {
      name: randomUUID(),
      target,
      message: flags.text('message') ?? '',
      ...(Number.isNaN(expires) ? {} : { expires }),
    };
    changeState(session.dir, (state) => {
      demand(state, certificate.user, 'create', 'lock');
      state.locks.push(made);
    });
    session.out(`Created a lock with name "${made.name}".\n`);
  },
};

const authorities = [
  ...['host', 'user', 'db', 'db_client', 'openssh', 'jwt', 'saml_idp', 'oidc_idp', 'spiffe'],
];

const status: Command = {
  words: ['status'],
  help: 'Report cluster status.',
  run(session) {
    const { state } = connectTctl(session);
    const pin = createHash('sha256').update(state.cluster).digest('hex');
    session.out(
      table(
        [
          ['Cluster', state.cluster],
          ['Version', '17.0.0-dev'],
          ...authorities.map((name) => [`${name} CA`, 'never updated']),
          ['CA pin', `sha256:${pin}`],
        ].map(([name = '', value = '']) => [`${name} `, value]),
      ),
    );
  },
};

const removeResource: Command = {
  words: ['rm'],
  help: 'Delete a resource.',
  args: [{ name: 'resource type/resource name', help: 'Resource to delete', required: true }],
  run(session) {
    const { certificate } = connectTctl(session);
    const [kind, name = ''] = (session.flags.args[0] ?? '').split('/');
    if (kind !== 'lock') throw new Refusal(`deleting resources of type "${kind ?? ''}" is not supported`);
    changeState(session.dir, (state) => {
      demand(state, certificate.user, 'delete', 'lock');
      const left = state.locks.filter((each) => each.name !== name);
      if (left.length === state.locks.length) throw new Refusal(`lock "${name}" is not found`);
      state.locks = left;
    });
    session.out(`lock "${name}" has been deleted\n`);
  },
};

/** The group's own usage text. */
export const tctlRequestGroup = {
  words: ['requests'],
  aliases: ['request'],
  help: 'Manage access requests.',
};

export const tctlCommands: readonly Command[] = [
  ...[list, get, approve, deny, remove, capabilities],
  ...[lock, status, removeResource],
];
