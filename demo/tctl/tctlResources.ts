// `tctl get`, `create`, `rm`, `lock`, `alerts` and `version`
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Caller } from '../server/certificate.ts';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { demand } from '../server/authorization.ts';
import type { ResourceKind } from '../kinds/resourceKind.ts';
import { resourceKindNamed } from '../kinds/resourceKinds.ts';
import { readLock, lockTargets } from '../server/locks.ts';
import { manifests } from '../resources/readManifests.ts';
import { textIn, type JsonObject } from '../resources/resource.ts';
import { connectTctl } from '../client/session.ts';
import { changeState, putResource, readState, type State } from '../server/serverState.ts';
import { printResources, resourceFormat } from './resourceOutput.ts';
import { versionLine } from '../cli/teleportVersion.ts';

interface Reference {
  readonly kind: ResourceKind;
  readonly name: string | undefined;
}

/**
 * `role/x` or `roles`. tctl splits at slashes, spaces and tabs, and takes the last of three parts for the name: of
 * `role/a/b` it makes the role b.
 */
function reference(text: string): Reference {
  const parts = text.split(/[\t /]+/).filter(Boolean);
  if (!parts.length || parts.length > 3) throw new Refusal(`failed to parse '${text}'`);
  const [word = ''] = parts;
  const kind = resourceKindNamed(word);
  if (!kind) throw new Refusal(`getting "${word}" is not supported`);
  return { kind, name: parts.length > 1 ? parts.at(-1) : undefined };
}

/** Several, with commas between them; one in a name has a backslash before it. */
const references = (text: string): Reference[] =>
  (text.match(/(?:\\,|[^,])+/g) ?? []).map((each) => reference(each.replaceAll('\\,', ',')));

/** Refuses who may not do something with a kind. */
function permit(
  { permit: own, resource }: ResourceKind,
  state: State,
  caller: Caller,
  verbs: readonly string[],
): void {
  if (own) own(state, caller, verbs);
  else demand(state, caller, verbs, resource);
}

const get: Command = {
  words: ['get'],
  help: 'Print a YAML declaration of various Teleport resources.',
  flags: [
    resourceFormat,
    { name: 'with-secrets', kind: 'boolean', help: 'Include secrets in resources like certificates' },
    { name: 'verbose', short: 'v', kind: 'boolean', help: 'Verbose table output' },
  ],
  args: [{ name: 'resources', help: 'Resource spec: [type/name]', required: true }],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const { flags } = session;
    const secret = flags.yes('with-secrets');
    const asked = references(flags.args[0] ?? '');
    if (asked.length > 1 && (flags.text('format') ?? 'yaml') !== 'yaml') {
      throw new Refusal('mixed resource types only support YAML formatting');
    }
    const found = asked.flatMap(({ kind, name }) => {
      const held = name !== undefined && kind.word === 'role' && certificate.roles.includes(name);
      const verbs = name === undefined ? kind.listing : ['read'];
      if (!held) permit(kind, state, certificate, secret ? [...verbs, 'read'] : verbs);
      const all = kind.all(state, session.now(), name);
      return secret ? all : all.map((each) => kind.withoutSecrets?.(each) ?? each);
    });
    printResources(session, found);
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
      const kind = resourceKindNamed(word);
      const write = kind?.create;
      if (!kind || !write) throw new Refusal(`creating resources of type "${word}" is not supported`);
      const said = changeState(session.dir, (state) => {
        permit(kind, state, certificate, force ? ['create', 'update'] : ['create']);
        return write(state, withLowerKeys(manifest), {
          creator: certificate.user,
          now: session.now(),
          force,
        });
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
    const { kind, name } = reference(session.flags.args[0] ?? '');
    const gone = kind.remove;
    if (!gone) throw new Refusal(`deleting resources of type "${kind.word}" is not supported`);
    if (name === undefined) {
      throw new Refusal(`provide a full resource name to delete, for example:\n$ tctl rm ${kind.word}/name`);
    }
    const said = changeState(session.dir, (state) => {
      permit(kind, state, certificate, ['delete']);
      return gone(state, name);
    });
    session.out(`${said}\n`);
  },
};

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
    ...Object.keys(lockTargets).map((target) => ({ name: flagOf(target), help: targetHelp[target] ?? '' })),
    { name: 'message', help: 'Message to display to locked-out users.' },
    { name: 'expires', help: 'Time point (RFC3339) when the lock expires.' },
    { name: 'ttl', kind: 'duration', help: 'Time duration after which the lock expires.' },
  ],
  run(session) {
    const { flags } = session;
    const { certificate } = connectTctl(session);
    const given = Object.keys(lockTargets).flatMap((target): [string, string][] => {
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

const alertsLs: Command = {
  words: ['alerts', 'ls'],
  help: 'List cluster alerts.',
  flags: [{ ...resourceFormat, hidden: true }],
  run(session) {
    connectTctl(session);
    session.out('no alerts\n');
  },
};

const version: Command = {
  words: ['version'],
  help: 'Print the version of your tctl binary.',
  run: (session) => session.out(versionLine(readState(session.dir).version)),
};

export const resourceCommands: readonly Command[] = [...[get, create, remove, lock, alertsLs, version]];
