import assert from 'node:assert/strict';
import {
  errorText,
  failureOf,
  recognise,
  TeleportFailure,
  type FailureKind,
} from '../../../../src/teleport/process/failure.ts';
import { saidWords } from '../../../../src/text/failure.ts';
import { readRecording, recordingNames } from '../../../support/recordings.ts';
import { id } from '../../../support/samples.ts';

/** The recorded failures of each kind, by name. */
const recordingsByKind: Partial<Record<FailureKind, string>> = {
  alreadyReviewed: 'ent-review-approve-again',
  decided: 'ent-review-late-deny',
  denied: 'deny-login wait-denied',
  expired: `
    capabilities-eve expired-create expired-drop expired-ls expired-status expired-status-after
    expired-status-text expired-tctl`,
  gone: `
    arg-id-after-dashdash drop-second-first-gone ent-login-unknown ent-show-unknown oss-show-after-rm
    oss-tctl-unknown tctl-get-role-missing tctl-lock-rm-again tctl-rm-role`,
  locked: `
    oss-locked-drop oss-locked-dropall oss-locked-login-again oss-locked-ls oss-locked-reqls oss-locked-show`,
  needsTerminal: 'expired-login-request',
  noReviewRights: 'ent-review-notallowed ent-review-self oss-tsh-review-admin',
  notPermitted: 'capabilities-other oss-tctl-approve-bob oss-tctl-get-roles-alice tctl-get-locks-denied',
  notRequestable: 'ent-create-unknown-role',
  refused: `
    arg-id-dash create-again create-bad create-bad2 ent-create-max-too-long ent-create-no-roles
    ent-create-request-ttl-long ent-create-session-ttl-long search-badkind tctl-acl-ls tctl-get-access_list
    tctl-get-access_lists usage-bad-format usage-no-cmd`,
  signedOut: 'logged-out logged-out-ls needs-reason-empty oss-tctl-loggedout',
  tooEarly: 'sched-login-early',
  tooLong: 'arg-long-reason',
  tooOld: 'search-nodes-json search-roles usage-unknown-cmd',
  unreachable: 'down-create down-drop down-login down-ls env-proxy-bogus proxy-down-status',
};
const kinds: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(recordingsByKind).flatMap(([kind, list]) =>
    list
      .trim()
      .split(/\s+/)
      .map((name) => [name, kind]),
  ),
);

const requestId = id(1);
/** Messages of Teleport 14 to 18 with their expected failure kind, by the attempted action. */
const messages: Readonly<Record<string, readonly (readonly [string, FailureKind])[]>> = {
  'signing in': [
    ['Not logged in.', 'signedOut'],
    ['No active profile.', 'signedOut'],
    ['No proxy address specified, missed --proxy flag?', 'signedOut'],
    ['no SSH auth methods loaded, are you logged in?', 'signedOut'],
    ['failed to fetch TLS key for alice', 'signedOut'],
    ['no credentials available', 'signedOut'],
    [
      'tctl must be used on an Auth Service host or provided with credentials by logging in with tsh first.',
      'signedOut',
    ],
    ['Could not load Teleport host UUID file at /var/lib/teleport', 'signedOut'],
    ['tctl requires a tsh profile on Windows. Try logging in with tsh first.', 'signedOut'],
    ['Active profile expired.', 'expired'],
    ['ssh: cert has expired', 'expired'],
    ['access denied: client credentials have expired, please relogin.', 'expired'],
    ['your credentials have expired, please login using `tsh login`', 'expired'],
    ['cannot perform password login without a terminal', 'needsTerminal'],
    ['cannot perform OTP login without a terminal', 'needsTerminal'],
    ['underlying reader is not a terminal', 'needsTerminal'],
    ['timed out waiting for callback', 'needsTerminal'],
    ['cannot relogin in non-interactive session', 'needsTerminal'],
    ['admin-level API request requires MFA verification', 'needsTerminal'],
    [
      'your credentials are for cluster "leaf", please run `tsh login "root"` to log in to the root cluster',
      'leafSelected',
    ],
  ],
  'writing its files': [
    ['write /home/alice/.tsh/keys/ent.example.test/alice: no space left on device', 'noSpace'],
    ['open /home/alice/.tsh/current-profile: disk quota exceeded', 'noSpace'],
    ['mkdir /home/alice/.tsh: read-only file system', 'cannotWrite'],
  ],
  asking: [
    ['user "alice" can not request role "x"', 'notRequestable'],
    [
      'user "alice" can not request role "x"\nHint: run "tsh request search --roles" to list requestable roles.',
      'notRequestable',
    ],
    ['no requestable roles, please verify static RBAC configuration', 'notRequestable'],
    [
      'Resource Access Requests require usable "search_as_roles", none found for user "alice"',
      'notRequestable',
    ],
    [
      'no roles configured in the "search_as_roles" for this user allow access to any requested resources. The user may already have access',
      'notRequestable',
    ],
    ['access request reason is too long, max 4096 bytes', 'tooLong'],
    ['request reason must be specified (required by static role configuration)', 'refused'],
    ['request reason must be specified (required for role "x")', 'refused'],
    ['invalid session TTL: 24h0m0s greater than maximum allowed (8h0m0s)', 'refused'],
    ['invalid request TTL: Access Request can not be created in the past', 'refused'],
    ['max_duration must be less than or equal to 336h0m0s', 'refused'],
    ['assume start time is too far in the future, latest time allowed is x', 'refused'],
    ['access request contains invalid or unknown cluster names: x', 'refused'],
    ['access request exceeds maximum length: try reducing the number of resources in the request', 'refused'],
    [
      'cluster has reached its monthly access request limit, please contact the cluster administrator',
      'refused',
    ],
  ],
  using: [
    [`request ${requestId} has been set to DENIED, reason="no"`, 'denied'],
    [`request ${requestId} has been set to PROMOTED`, 'denied'],
    [`access request "${requestId}" has been denied`, 'denied'],
    [`access request "${requestId}" has been promoted. Use access list to access resources.`, 'denied'],
    [`access request "${requestId}" can not be assumed until 2026-11-22 15:00:00`, 'tooEarly'],
    [`request ${requestId} has expired or been deleted...`, 'gone'],
    [`access request "${requestId}" has expired`, 'gone'],
    [`access request "${requestId}" not found`, 'gone'],
    [`no access request matching "${requestId}"`, 'gone'],
    [`invalid access request "${requestId}"`, 'gone'],
    [`access request "${requestId}" is awaiting approval`, 'refused'],
    ['cannot generate certificate with multiple resource access requests', 'refused'],
    [`lock targeting AccessRequest:"${requestId}" is in force: stop`, 'locked'],
    ['access denied', 'locked'],
  ],
  deciding: [
    ['user "u" cannot submit reviews', 'noReviewRights'],
    [`user "u" cannot review request "${requestId}"`, 'notPermitted'],
    ['user "a" cannot submit reviews on behalf of "b"', 'notPermitted'],
    ['user "u" has already reviewed this request', 'alreadyReviewed'],
    ['the access request has been already approved', 'decided'],
    ['the access request has been already denied', 'decided'],
    ['the access request has been already promoted', 'decided'],
    ['cannot set request-state "APPROVED" (already denied)', 'decided'],
    [`cannot apply review to access request "${requestId}" (not found)`, 'gone'],
    [`request with ID "${requestId}" not found`, 'gone'],
    [`cannot set state of access request "${requestId}" (not found)`, 'gone'],
    ['access denied to perform action "update" on "access_request"', 'notPermitted'],
    ['directly updating the state of your own access requests is not permitted', 'notPermitted'],
    ['request is uninitialized or does not support reviews', 'refused'],
    [`too many concurrent writes to access request ${requestId}, try again later`, 'refused'],
    ['cannot directly update the state of an access request while using an access request', 'refused'],
    ['role "x" not in original request, overrides must be a subset of original role list', 'refused'],
  ],
  'the network': [
    ['Teleport proxy not available at p:443.', 'unreachable'],
    ['dial tcp 127.0.0.1:3080: connect: connection refused', 'unreachable'],
    ['dial tcp: lookup teleport.example.test: no such host', 'unreachable'],
    ['dial tcp 10.0.0.1:443: i/o timeout', 'unreachable'],
    ['error reading from server: EOF', 'unreachable'],
    ['context deadline exceeded', 'unreachable'],
    ['connection error: desc = "transport: error while dialing"', 'unreachable'],
    ['x509: certificate signed by unknown authority', 'unreachable'],
    ['tls: failed to verify certificate: x509: certificate has expired or is not yet valid', 'unreachable'],
    ['cannot establish https connection to p:443', 'unreachable'],
    ['the certificate presented by the proxy is invalid', 'unreachable'],
    ['Cannot connect to the auth server. Is the auth server running on "p:443"?', 'unreachable'],
  ],
  'other versions': [
    [`unknown long flag '--roles'`, 'tooOld'],
    ['expected command but got "x"', 'tooOld'],
    [
      'This server does not implement this feature yet. It is likely that the client version you are using is newer',
      'tooOld',
    ],
    ['detected potentially incompatible client and server versions', 'tooOld'],
    [`enum value must be one of text,json,yaml, got 'xml'`, 'refused'],
    [`expected argument for flag '--reason'`, 'refused'],
    [`required argument 'request-id' not provided`, 'refused'],
    ['etwas ganz anderes', 'refused'],
    ['', 'refused'],
  ],
};

const exited = recordingNames()
  .map(readRecording)
  .filter(({ exit }) => typeof exit === 'number');

/** The failure kind that `recognise` returns for a text on stderr. */
const kindOf = (stderr: string, code = 1): FailureKind | undefined =>
  recognise({ kind: 'exited', code, stdout: '', stderr })?.kind;
/** A message as tsh prints it, with colours. */
const asPrinted = (text: string): string => `\u001b[31mERROR: \u001b[0m${text}\n\n`;

describe('failures of a real tsh, as it printed them', () => {
  const failed = exited.filter(({ exit }) => exit !== 0);

  it('every recording that failed is in the table, and nothing else is', () => {
    assert.deepEqual(Object.keys(kinds).sort(), failed.map(({ name }) => name).sort());
  });

  for (const { name, stderr } of failed) {
    it(`${name} is ${kinds[name] ?? '(not in the table)'}`, () => {
      assert.equal(kindOf(stderr), kinds[name]);
    });
  }

  it('the words decide, not the exit code', () => {
    for (const { name, stderr } of failed) {
      for (const code of [1, 2, 127, 255]) assert.equal(kindOf(stderr, code), kinds[name], name);
    }
    for (const code of [1, 2, 127, 255]) assert.equal(kindOf('', code), 'refused');
  });

  it('what ended well is no failure, whatever stands on stderr', () => {
    for (const { name, stdout, stderr } of exited.filter((recording) => recording.exit === 0)) {
      assert.equal(recognise({ kind: 'exited', code: 0, stdout, stderr }), undefined, name);
    }
  });

  it('tsh is quoted by its own first line, without colours', () => {
    const { stdout, stderr } = readRecording('down-login');
    const failure = recognise({ kind: 'exited', code: 1, stdout, stderr });
    assert.equal(failure?.said, 'Teleport proxy not available at localhost:13080.');
    assert.equal(errorText(readRecording('sched-login-early').stderr).split(' ')[0], 'access');
  });

  it('the request that a failure is about is known', () => {
    const { stdout, stderr } = readRecording('drop-second-first-gone');
    const failure = recognise({ kind: 'exited', code: 1, stdout, stderr });
    assert.equal(failure?.about, '01a20388-7d7d-7972-82b8-248da3ef98e9');
  });

  for (const [what, rows] of Object.entries(messages)) {
    it(`what is said of ${what} is understood in every version`, () => {
      for (const [text, kind] of rows) {
        assert.equal(kindOf(asPrinted(text)), kind, text);
        // tsh on Windows and tctl print no colours.
        assert.equal(kindOf(`ERROR: ${text}\n\n`), kind, text);
      }
    });
  }

  it('a denial or a lock that is worded like another failure is not taken for it', () => {
    const request = '01a20383-2e62-7614-88ee-43a05f7b60d1';
    const words = [
      'Not logged in.',
      'active profile expired',
      'unknown long flag',
      'connection refused',
      `access request "${id(9)}" not found`,
      'please run `tsh login "evil"`',
      '\\nERROR: Not logged in.',
      'ERROR: Active profile expired.',
    ];
    for (const word of words) {
      const stderr = asPrinted(`request ${request} has been set to DENIED, reason="${word}"`);
      const failure = recognise({ kind: 'exited', code: 1, stdout: '', stderr });
      assert.deepEqual(
        [failure?.kind, failure?.about, failure?.cluster],
        ['denied', request, undefined],
        word,
      );
      const locked = asPrinted(`lock targeting AccessRequest:"${request}" is in force: ${word}`);
      assert.equal(kindOf(locked), 'locked', word);
    }
  });

  it('what this machine says of a file that cannot be written is a failure; of one that is only read it is none', () => {
    const kindOfError = (code: string, syscall: string): FailureKind | undefined =>
      failureOf(Object.assign(new Error(code), { code, syscall }))?.kind;
    for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG']) assert.equal(kindOfError(code, 'write'), 'noSpace');
    assert.equal(kindOfError('EROFS', 'open'), 'cannotWrite');
    for (const code of ['EACCES', 'EPERM', 'ENOTDIR']) {
      assert.equal(kindOfError(code, 'mkdir'), 'cannotWrite');
      assert.equal(kindOfError(code, 'open'), undefined);
    }
    assert.equal(kindOfError('ENOENT', 'mkdir'), undefined);
  });

  it('an error of ours holds the kind and no words of others, so that it can be logged', () => {
    const { stderr } = readRecording('deny-login');
    const error = new TeleportFailure(recognise({ kind: 'exited', code: 1, stdout: '', stderr })!);
    assert.equal(error.message, 'denied');
    assert.equal(failureOf(error)?.kind, 'denied');
    assert.equal(failureOf(new Error('denied')), undefined);
  });
});

describe('who said it', () => {
  const outcome = { kind: 'exited', code: 1, stdout: '', stderr: 'ERROR: no such luck\n' } as const;
  it('is named: tctl, else tsh', () => {
    const words = (program: 'tsh' | 'tctl'): string => {
      const failure = recognise(outcome, program);
      return saidWords(failure?.said ?? assert.fail(), failure?.program);
    };
    assert.equal(words('tctl'), 'tctl said: “no such luck”');
    assert.equal(words('tsh'), 'tsh said: “no such luck”');
  });
});
