// `tctl get`, `create`, `rm`, `lock`, `users`, and lists of what this cluster has none of.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { Command } from './command.ts';
import { Refusal } from './failure.ts';
import { goJson, headedTable, type GoValue } from './go.ts';
import { demand } from './grants.ts';
import { kindNamed, refuseAccessLists, type Kind } from './kinds.ts';
import { readLock, targets } from './locks.ts';
import { manifests } from './manifests.ts';
import { textIn, textsIn, type JsonObject, type Resource } from './resource.ts';
import { connectTctl, type Connection, type Session } from './session.ts';
import { changeState, current, listed, putResource, readState, type State } from './state.ts';
import { versionLine } from './version.ts';

const format = { name: 'format', help: "Output format: 'yaml', 'json' or 'text'" };

/** Two spaces deeper than other JSON; an empty list has no line of its own. */
const resourceJson = (resources: readonly Resource[]): string =>
  resources.length ? `${goJson(resources as unknown as GoValue, 'tctl', 4)}\n` : '[]';

const resourceYaml = (resources: readonly Resource[]): string =>
  resources
    .map((resource) =>
      stringify(resource, { indentSeq: false, sortMapEntries: true, lineWidth: 0, singleQuote: true }),
    )
    .join('---\n');

function print(session: Session, resources: readonly Resource[]): void {
  const kind = session.flags.text('format') ?? 'yaml';
  if (kind === 'json') session.out(resourceJson(resources));
  else if (kind === 'yaml') session.out(resourceYaml(resources));
  else
    session.out(
      `${headedTable(
        ['Name'],
        resources.map(({ metadata }) => [metadata.name]),
      )}\n`,
    );
}

/** `role/x` or `roles`. A name may hold slashes. */
function reference(text: string): { readonly kind: Kind; readonly name: string | undefined } {
  const [, word = '', name] = /^([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  const kind = kindNamed(word);
  if (!kind) throw new Refusal(`getting "${word}" is not supported`);
  return { kind, name: name || undefined };
}

const get: Command = {
  words: ['get'],
  help: 'Print a YAML declaration of various Teleport resources.',
  flags: [
    format,
    { name: 'with-secrets', kind: 'boolean', help: 'Include secrets in resources like certificates' },
    { name: 'verbose', short: 'v', kind: 'boolean', help: 'Verbose table output' },
  ],
  args: [{ name: 'resources', help: 'Resource spec: [type/name]', required: true }],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const found = (session.flags.args[0] ?? '').split(',').flatMap((text) => {
      const { kind, name } = reference(text);
      const held = name !== undefined && kind.word === 'role' && certificate.roles.includes(name);
      if (!held) demand(state, certificate, name === undefined ? kind.listing : ['read'], kind.resource);
      return kind.all(state, session.now(), name);
    });
    print(session, found);
  },
};

const create: Command = {
  words: ['create'],
  help: 'Create or update a Teleport resource from a YAML file.',
  flags: [
    { name: 'force', short: 'f', kind: 'boolean', help: 'Overwrite the resource if already exists' },
    { name: 'confirm', kind: 'boolean', help: 'Confirm an unsafe or temporary resource update' },
  ],
  args: [{ name: 'filename', help: 'resource definition file, empty for stdin' }],
  run(session) {
    const { certificate } = connectTctl(session);
    const [file] = session.flags.args;
    const force = session.flags.yes('force');
    for (const manifest of manifests(readManifest(file))) {
      const word = textIn(withLowerKeys(manifest), 'kind');
      const kind = kindNamed(word);
      if (!kind?.create) throw new Refusal(`creating resources of type "${word}" is not supported`);
      const write = kind.create;
      const said = changeState(session.dir, (state) => {
        demand(state, certificate, force ? ['create', 'update'] : ['create'], kind.resource);
        return write(state, withLowerKeys(manifest), certificate.user, session.now(), force);
      });
      session.out(`${said}\n`);
    }
  },
};

/** The server matches fields in any case; these it looks at before the rest. */
const withLowerKeys = (manifest: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(manifest).map(([key, value]) => [key.toLowerCase(), value]));

function readManifest(file: string | undefined): string {
  try {
    return readFileSync(file ?? 0, 'utf8');
  } catch {
    throw new Refusal(`open ${file ?? 'stdin'}: no such file or directory`);
  }
}

const remove: Command = {
  words: ['rm'],
  aliases: ['del'],
  help: 'Delete a resource.',
  args: [{ name: 'resource type/resource name', help: 'Resource to delete', required: true }],
  run(session) {
    const { certificate } = connectTctl(session);
    const [text = ''] = session.flags.args;
    const { kind, name } = reference(text);
    const { list } = kind;
    if (!list) throw new Refusal(`deleting resources of type "${kind.word}" is not supported`);
    if (name === undefined)
      throw new Refusal(`provide a full resource name to delete, for example:\n$ tctl rm ${kind.word}/name`);
    changeState(session.dir, (state) => {
      demand(state, certificate, ['delete'], kind.resource);
      if (!current(state[list]).some(({ metadata }) => metadata.name === name)) {
        throw new Refusal(`${kind.word} "${name}" is not found`);
      }
      if (list === 'roles') refuseInUse(state, name);
      putResource(state[list], name, undefined);
    });
    session.out(`${kind.word} "${name}" has been deleted\n`);
  },
};

function refuseInUse(state: State, role: string): void {
  if (current(state.users).some(({ spec }) => textsIn(spec, 'roles').includes(role))) {
    throw new Refusal(
      'failed to delete a role that is still in use by a user, check the system server logs for more details',
    );
  }
}

const targetHelp: Readonly<Record<string, string>> = {
  user: 'Name of a Teleport user to disable.',
  role: 'Name of a Teleport role to disable.',
  login: 'Name of a local UNIX user to disable.',
  mfa_device: 'UUID of a user MFA device to disable.',
  windows_desktop: 'Name of a Windows desktop to disable.',
  access_request: 'UUID of an access request to disable.',
  device: 'UUID of a trusted device to disable.',
  server_id: 'UUID of a Teleport server to disable.',
};
const flagOf = (target: string): string => target.replace('_', '-');

const lock: Command = {
  words: ['lock'],
  help: 'Create a new lock.',
  flags: [
    ...Object.keys(targets).map((target) => ({ name: flagOf(target), help: targetHelp[target] ?? '' })),
    { name: 'message', help: 'Message to display to locked-out users.' },
    { name: 'expires', help: 'Time point (RFC3339) when the lock expires.' },
    { name: 'ttl', kind: 'duration', help: 'Time duration after which the lock expires.' },
  ],
  run(session) {
    const { flags } = session;
    const { certificate } = connectTctl(session);
    const given = Object.keys(targets).flatMap((target): [string, string][] => {
      const value = flags.text(flagOf(target));
      return value ? [[target, value]] : [];
    });
    const ttl = flags.duration('ttl');
    const until = flags.text('expires');
    if (ttl !== undefined && until !== undefined) throw new Refusal('use only one of --ttl or --expires');
    const expires = ttl === undefined ? until : new Date(session.now() + ttl).toISOString();
    const message = flags.text('message');
    const made = readLock(
      {
        metadata: { name: randomUUID() },
        spec: { target: Object.fromEntries(given), message: message ?? null, expires: expires ?? null },
      },
      certificate.user,
      session.now(),
    );
    changeState(session.dir, (state) => {
      demand(state, certificate, ['create'], 'lock');
      putResource(state.locks, made.metadata.name, made);
    });
    session.out(`Created a lock with name "${made.metadata.name}".\n`);
  },
};

const usersLs: Command = {
  words: ['users', 'ls'],
  help: 'List all user accounts.',
  flags: [{ ...format, hidden: true }],
  run(session) {
    const { certificate, state } = connectTctl(session);
    demand(state, certificate, ['list', 'read'], 'user');
    const users = listed(state.users);
    if (session.flags.text('format') === 'json') session.out(resourceJson(users));
    else {
      const rows = users.map(({ metadata, spec }) => [metadata.name, textsIn(spec, 'roles').join(',')]);
      session.out(headedTable(['User', 'Roles'], rows));
    }
  },
};

const usersUpdate: Command = {
  words: ['users', 'update'],
  help: 'Update user account.',
  flags: [
    { name: 'set-roles', kind: 'list', help: 'List of roles for the user to assume, replaces current roles' },
  ],
  args: [{ name: 'account', help: 'Teleport user account name', required: true }],
  run(session) {
    const { certificate } = connectTctl(session);
    const [name = ''] = session.flags.args;
    const roles = session.flags
      .list('set-roles')
      .flatMap((value) => value.split(','))
      .filter(Boolean);
    changeState(session.dir, (state) => {
      demand(state, certificate, ['update'], 'user');
      const user = current(state.users).find(({ metadata }) => metadata.name === name);
      if (!user) throw new Refusal(`user "${name}" not found`);
      const unknown = roles.find(
        (role) => !current(state.roles).some(({ metadata }) => metadata.name === role),
      );
      if (unknown !== undefined) throw new Refusal(`role ${unknown} is not found`);
      putResource(state.users, name, {
        ...user,
        metadata: { ...user.metadata, revision: randomUUID() },
        spec: { ...user.spec, roles },
      });
    });
    session.out(`User ${name} has been updated:\n\tNew roles: ${roles.join(',')}\n`);
  },
};

/** A list of what this cluster has none of, for who may see it. */
const empty = (
  words: readonly string[],
  help: string,
  show: (connection: Connection) => string,
): Command => ({
  words,
  help,
  flags: [{ ...format, hidden: true }],
  run: (session) => session.out(show(connectTctl(session))),
});

const botsLs = empty(
  ['bots', 'ls'],
  'List all certificate renewal bots registered with the cluster.',
  ({ certificate, state }) => {
    demand(state, certificate, ['list'], 'bot');
    return '[]';
  },
);

const aclLs = empty(['acl', 'ls'], 'List cluster access lists.', refuseAccessLists);

const alertsLs = empty(['alerts', 'ls'], 'List cluster alerts.', () => 'no alerts\n');

const version: Command = {
  words: ['version'],
  help: 'Print the version of your tctl binary.',
  run: (session) => session.out(versionLine(readState(session.dir).version)),
};

export const resourceCommands: readonly Command[] = [
  ...[get, create, remove, lock, usersLs, usersUpdate],
  ...[botsLs, aclLs, alertsLs, version],
];
