// The commands of `tctl requests`.
import { goJson, headedTable } from '../cli/goFormat.ts';
import type { FlagSpec } from '../cli/kingpinParser.ts';
import { Refusal } from '../cli/refusal.ts';
import type { Command } from '../client/command.ts';
import { requestObject, tctlRequestTable } from '../client/requestOutput.ts';
import { connectTctl, type Session } from '../client/session.ts';
import { heldRoles, requestOf, requirePermission } from '../server/authorization.ts';
import { forceRequestState } from '../server/forceRequestState.ts';
import { listRequests, requestableRoles } from '../server/requests.ts';
import { changeState, putRequest, requestState } from '../server/serverState.ts';

const idsArgument = { name: 'request-id', help: 'ID of target request(s)', required: true };

const format: FlagSpec = { name: 'format', help: 'Output format', oneOf: ['text', 'json'] };
const isJson = ({ flags }: Session): boolean => flags.text('format') === 'json';

const list: Command = {
  words: ['requests', 'ls'],
  help: 'Show active access requests.',
  flags: [format],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const now = session.now();
    const json = isJson(session);
    const requests = listRequests(state, certificate, now).filter((request) => request.expires > now);
    session.out(
      json ? `${goJson(requests.reverse().map(requestObject), 'tctl')}\n` : tctlRequestTable(requests, now),
    );
  },
};

/** The request ids of the first argument, separated by commas. */
const idsOf = ({ flags }: Session): string[] => (flags.args[0] ?? '').split(',');

const decisionFlags: readonly FlagSpec[] = [
  { name: 'delegator', help: 'Optional delegating identity' },
  { name: 'reason', help: 'Optional reason message' },
  { name: 'annotations', help: 'Resolution attributes <key>=<val>[,...]' },
];

/** Decides the requests one after the other. After an error the earlier ones stay decided. */
function decide(session: Session, newState: number): void {
  const { flags } = session;
  const { certificate } = connectTctl(session);
  const forced = {
    state: newState,
    reason: flags.text('reason') ?? '',
    annotations: parseAnnotations(flags.text('annotations')),
  };
  for (const id of idsOf(session)) {
    changeState(session.dir, (state) => forceRequestState(state, certificate, id, forced, session.now()));
  }
}

/**
 * Reads `key=value,…`. A repeated key collects its values. Throws a Refusal for a pair without a key or a
 * value.
 */
function parseAnnotations(text = ''): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const pair of text.split(',').filter(Boolean)) {
    const [key = '', value] = pair.split('=');
    if (!key || value === undefined) throw new Refusal(`invalid key-value pair: "${pair}"`);
    (values[key] ??= []).push(value);
  }
  return values;
}

const approve: Command = {
  words: ['requests', 'approve'],
  help: 'Approve pending access request.',
  flags: decisionFlags,
  args: [idsArgument],
  run: (session) => decide(session, requestState.approved),
};

const deny: Command = {
  words: ['requests', 'deny'],
  help: 'Deny pending access request.',
  flags: decisionFlags,
  args: [idsArgument],
  run: (session) => decide(session, requestState.denied),
};

const remove: Command = {
  words: ['requests', 'rm'],
  help: 'Delete an access request.',
  flags: [
    { name: 'force', short: 'f', kind: 'boolean', help: 'Force the deletion of an active access request' },
  ],
  args: [idsArgument],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const force = session.flags.isSet('force');
    const approved = idsOf(session).find(
      (id) => requestOf(state, id, session.now())?.state === requestState.approved,
    );
    if (approved !== undefined && !force) {
      session.out(removalWarning(approved));
      return;
    }
    for (const id of idsOf(session)) {
      changeState(session.dir, (current) => {
        requirePermission(current, certificate, ['delete'], 'access_request');
        if (!requestOf(current, id, session.now())) throw new Refusal(`request with ID "${id}" not found`);
        putRequest(current, id, undefined);
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
  flags: [format],
  args: [{ name: 'username', help: 'Name of target user', required: true }],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const [user = ''] = session.flags.args;
    if (user !== certificate.user) requirePermission(state, certificate, ['read'], 'user');
    const held = heldRoles(state, user);
    const roles = requestableRoles(state, user);
    const reviewers = [...new Set(held.flatMap(({ allow }) => allow.request.suggestedReviewers))].sort();
    const requiresReason = held.some(({ requestAccess }) => requestAccess === 'reason') || undefined;
    if (isJson(session)) {
      const unlessEmpty = (all: readonly string[]): readonly string[] | undefined =>
        all.length ? all : undefined;
      const answer = {
        requestable_roles: unlessEmpty(roles),
        suggested_reviewers: unlessEmpty(reviewers),
        require_reason: requiresReason,
      };
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

/** The command group `tctl requests`, for the usage text. */
export const tctlRequestGroup = {
  words: ['requests'],
  aliases: ['request'],
  help: 'Manage access requests.',
};

/** The commands of `tctl requests`. */
export const tctlRequestCommands: readonly Command[] = [list, approve, deny, remove, capabilities];
