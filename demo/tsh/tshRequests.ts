// The commands `tsh request …`.
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { format } from '../cli/globalFlags.ts';
import { goJson } from '../cli/goFormat.ts';
import { assume, awaitDecision, drop, printStatus } from '../client/reissueLogin.ts';
import { requestObject, requestTable, requestText } from '../client/requestOutput.ts';
import { createRequest, findRequest, listRequests } from '../server/requests.ts';
import { reviewRequest } from '../server/reviews.ts';
import { connect, requireValidLogin, actingUser, type Session } from '../client/session.ts';
import { searchCommand } from './tshNodes.ts';
import { changeState, stateNames, requestState, type ResourceId } from '../server/serverState.ts';

const requestId = { name: 'request-id', help: 'ID of the target request', required: true };

/** Whether the output is JSON. `--format=yaml` prints JSON too, which is valid YAML. */
const isStructured = ({ flags }: Session): boolean => (flags.text('format') ?? 'text') !== 'text';

const list: Command = {
  words: ['request', 'ls'],
  aliases: ['list'],
  help: 'List access requests.',
  flags: [
    format,
    { name: 'reviewable', kind: 'boolean', help: 'Only show requests reviewable by current user' },
    { name: 'suggested', kind: 'boolean', help: 'Only show requests that suggest current user as reviewer' },
    { name: 'my-requests', kind: 'boolean', help: 'Only show requests created by current user' },
  ],
  run(session) {
    const { certificate, state } = connect(session);
    const me = actingUser(session, certificate);
    const suggested = session.flags.isSet('suggested');
    const reviewable = suggested || session.flags.isSet('reviewable');
    const requests = listRequests(state, certificate, session.now()).filter(
      (request) =>
        (!reviewable || (request.user !== me && request.reviews.every(({ author }) => author !== me))) &&
        (!suggested || request.suggestedReviewers.includes(me)) &&
        (!session.flags.isSet('my-requests') || request.user === me),
    );
    session.out(
      isStructured(session) ? goJson(requests.map(requestObject)) : requestTable(requests, session.now()),
    );
  },
};

const show: Command = {
  words: ['request', 'show'],
  aliases: ['details'],
  help: 'Show request details.',
  flags: [format],
  args: [requestId],
  run(session) {
    const { certificate, state } = connect(session);
    const [id = ''] = session.flags.args;
    const request = findRequest(state, certificate, id, session.now());
    if (!request) throw new Refusal(`no access request matching "${id}"`);
    session.out(isStructured(session) ? goJson(requestObject(request)) : requestText(request));
  },
};

/** Splits the values of a list flag at spaces and commas. */
const splitWords = (values: readonly string[]): string[] =>
  values.flatMap((value) => value.split(/[\s,]+/)).filter(Boolean);

const create: Command = {
  words: ['request', 'create'],
  aliases: ['new'],
  help: 'Create a new access request.',
  flags: [
    { name: 'roles', kind: 'list', help: 'Roles to be requested' },
    { name: 'reason', help: 'Reason for requesting' },
    { name: 'reviewers', kind: 'list', help: 'Suggested reviewers' },
    { name: 'nowait', kind: 'boolean', help: 'Finish without waiting for request resolution' },
    { name: 'resource', kind: 'list', help: 'Resource ID to be requested' },
    { name: 'request-ttl', kind: 'duration', help: 'Expiration time for the access request' },
    { name: 'session-ttl', kind: 'duration', help: 'Expiration time for the elevated certificate' },
    { name: 'max-duration', kind: 'duration', help: 'How long the access should be granted for' },
    {
      name: 'assume-start-time',
      help: 'Sets time roles can be assumed by requestor (RFC3339 e.g 2023-12-12T23:20:50.52Z)',
    },
  ],
  async run(session) {
    const { flags } = session;
    const login = requireValidLogin(session);
    const resources = flags.list('resource').map(parseResource);
    const assumeStart = startTime(flags.text('assume-start-time'));
    const times = {
      requestTtl: positive(flags.duration('request-ttl'), 'request TTL'),
      sessionTtl: positive(flags.duration('session-ttl'), 'session TTL'),
      maxDuration: positive(flags.duration('max-duration'), 'max duration'),
    };
    const roles = splitWords(flags.list('roles'));
    if (!roles.length && !resources.length) {
      throw new Refusal('at least one role or resource or a request ID must be specified');
    }
    session.out('Creating request...\n');
    const { certificate } = connect(session, login);
    const draft = {
      ...times,
      roles,
      resources,
      assumeStart,
      reason: flags.text('reason') ?? '',
      reviewers: splitWords(flags.list('reviewers')),
    };
    const request = changeState(session.dir, (state) =>
      createRequest(state, certificate, draft, session.now()),
    );
    session.out(`${requestText(request)}\n`);
    if (!flags.isSet('nowait')) {
      session.out('Waiting for request approval...\n');
      assume(session, login, await awaitDecision(session, request.id));
    }
    printStatus(session);
  },
};

/** Returns a duration in ms, and throws a Refusal that names it when it is negative. */
function positive(ms: number | undefined, name: string): number | undefined {
  if (ms !== undefined && ms < 0) throw new Refusal(`${name} value must be greater than zero`);
  return ms;
}

/** Reads an RFC 3339 time into ms. Returns 0 without a text. Throws a Refusal for another format. */
function startTime(text: string | undefined): number {
  if (!text) return 0;
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[-+]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(ms)) {
    throw new Refusal(
      `parsing assume-start-time (required format RFC3339 e.g 2023-12-12T23:20:50.52Z): parsing time "${text}" as "2006-01-02T15:04:05Z07:00": cannot parse "${text}" as "2006"`,
    );
  }
  return ms;
}

/** Reads a resource id such as `/cluster/kind/name`. Throws a Refusal for another format. */
function parseResource(text: string): ResourceId {
  const [empty, cluster, kind, name, ...rest] = text.split('/');
  if (empty !== '' || cluster === undefined || kind === undefined || name === undefined) {
    throw new Refusal(`${text} is not a valid ResourceID string`);
  }
  const subResource = rest.join('/');
  return { cluster, kind, name, ...(subResource ? { sub_resource: subResource } : {}) };
}

const review: Command = {
  words: ['request', 'review'],
  help: 'Review an access request.',
  flags: [
    { name: 'approve', kind: 'boolean', help: 'Review proposes approval' },
    { name: 'deny', kind: 'boolean', help: 'Review proposes denial' },
    { name: 'reason', help: 'Review reason message' },
    { name: 'assume-start-time', help: 'Sets time roles can be assumed by requestor' },
  ],
  args: [requestId],
  run(session) {
    const { flags } = session;
    const approve = flags.isSet('approve');
    if (approve === flags.isSet('deny'))
      throw new Refusal("must supply exactly one of '--approve' or '--deny'");
    const { certificate } = connect(session);
    const me = actingUser(session, certificate);
    if (me !== certificate.user) {
      throw new Refusal(`user "${certificate.user}" cannot submit reviews on behalf of "${me}"`);
    }
    const assumeStart = startTime(flags.text('assume-start-time'));
    const proposal = { approve, reason: flags.text('reason') ?? '', assumeStart };
    const request = changeState(session.dir, (state) =>
      reviewRequest(state, me, flags.args[0] ?? '', proposal, session.now()),
    );
    const proposed = approve ? requestState.approved : requestState.denied;
    const counted = request.state === requestState.pending || request.state === proposed;
    const head = counted
      ? 'Successfully submitted review.  Request state'
      : 'Warning: ineffectual review. Request state';
    session.err(`${head}: ${stateNames[request.state] ?? ''}\n`);
  },
};

const dropCommand: Command = {
  words: ['request', 'drop'],
  help: 'Drop one more access requests from current identity.',
  args: [{ name: 'request-id', help: 'IDs of requests to drop (default drops all requests)', many: true }],
  run(session) {
    const login = requireValidLogin(session);
    const ids = session.flags.args.filter((id) => id !== '*');
    session.out(
      ids.length
        ? `Dropping access request(s): ${ids.join(', ')}...\n\n`
        : 'Dropping all active access requests...\n\n',
    );
    drop(session, login, ids.length ? ids : undefined);
    printStatus(session);
  },
};

/** The command group `tsh request`, for its usage text. */
export const requestGroup = {
  words: ['request'],
  aliases: ['requests'],
  help: 'Manage access requests.',
};

/** The commands `tsh request …`. */
export const requestCommands: readonly Command[] = [
  ...[list, show, create, review, searchCommand, dropCommand],
];
