// The commands `tctl get`, `create`, `rm`, `lock`, `alerts` and `version`.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Caller } from '../server/certificate.ts';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { requirePermission } from '../server/authorization.ts';
import type { ResourceKind } from '../kinds/resourceKind.ts';
import { resourceKindNamed } from '../kinds/kindTable.ts';
import { readLock, lockTargets } from '../server/locks.ts';
import { manifests } from '../resources/readManifests.ts';
import { textIn, type JsonObject } from '../resources/resource.ts';
import { connectTctl } from '../client/session.ts';
import { changeState, putResource, readState, type State } from '../server/serverState.ts';
import { printResources, resourceFormat } from './resourceOutput.ts';
import { versionLine } from '../cli/teleportVersion.ts';

/** A kind of resource, or one resource of it by name. */
interface Reference {
  readonly kind: ResourceKind;
  readonly name: string | undefined;
}

/**
 * Parses a reference such as `role/x` or `roles`. tctl splits at slashes, spaces and tabs, and takes the last
 * of up to three parts as the name: `role/a/b` refers to the role b.
 * @throws Refusal when tctl does not accept the reference.
 */
function parseReference(text: string): Reference {
  const parts = text.split(/[\t /]+/).filter(Boolean);
  if (!parts.length || parts.length > 3) throw new Refusal(`failed to parse '${text}'`);
  const [word = ''] = parts;
  const kind = resourceKindNamed(word);
  if (!kind) throw new Refusal(`getting "${word}" is not supported`);
  return { kind, name: parts.length > 1 ? parts.at(-1) : undefined };
}

/** Parses references that are separated by commas. A comma in a name is written `\,`. */
const parseReferences = (text: string): Reference[] =>
  (text.match(/(?:\\,|[^,])+/g) ?? []).map((each) => parseReference(each.replaceAll('\\,', ',')));

/** Throws a Refusal when the caller may not use these verbs on a kind. */
function requireAccess(
  { checkAccess, resource }: ResourceKind,
  state: State,
  caller: Caller,
  verbs: readonly string[],
): void {
  if (checkAccess) checkAccess(state, caller, verbs);
  else requirePermission(state, caller, verbs, resource);
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
    const withSecrets = flags.isSet('with-secrets');
    const wanted = parseReferences(flags.args[0] ?? '');
    if (wanted.length > 1 && (flags.text('format') ?? 'yaml') !== 'yaml') {
      throw new Refusal('mixed resource types only support YAML formatting');
    }
    const resources = wanted.flatMap(({ kind, name }) => {
      const isOwnRole = name !== undefined && kind.word === 'role' && certificate.roles.includes(name);
      const verbs = name === undefined ? kind.listVerbs : ['read'];
      if (!isOwnRole) requireAccess(kind, state, certificate, withSecrets ? [...verbs, 'read'] : verbs);
      const matching = kind.get(state, session.now(), name);
      return withSecrets ? matching : matching.map((each) => kind.withoutSecrets?.(each) ?? each);
    });
    printResources(session, resources);
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
    const force = session.flags.isSet('force');
    for (const manifest of manifests(readManifest(file))) {
      const word = textIn(withLowerKeys(manifest), 'kind');
      const kind = resourceKindNamed(word);
      const write = kind?.create;
      if (!kind || !write) throw new Refusal(`creating resources of type "${word}" is not supported`);
      const message = changeState(session.dir, (state) => {
        requireAccess(kind, state, certificate, force ? ['create', 'update'] : ['create']);
        return write(state, withLowerKeys(manifest), {
          creator: certificate.user,
          now: session.now(),
          force,
        });
      });
      session.out(`${message}\n`);
    }
  },
};

/**
 * Returns a manifest with the keys of its top level in lower case. The server matches fields in any case, and
 * reads these before the others.
 */
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
    const { kind, name } = parseReference(session.flags.args[0] ?? '');
    const removeResource = kind.remove;
    if (!removeResource) throw new Refusal(`deleting resources of type "${kind.word}" is not supported`);
    if (name === undefined) {
      throw new Refusal(`provide a full resource name to delete, for example:\n$ tctl rm ${kind.word}/name`);
    }
    const message = changeState(session.dir, (state) => {
      requireAccess(kind, state, certificate, ['delete']);
      return removeResource(state, name);
    });
    session.out(`${message}\n`);
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
/** The flag of `tctl lock` for a target. */
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
    const targets = Object.keys(lockTargets).flatMap((target): [string, string][] => {
      const value = flags.text(flagOf(target));
      return value ? [[target, value]] : [];
    });
    const ttl = flags.duration('ttl');
    const expiresFlag = flags.text('expires');
    if (ttl !== undefined && expiresFlag !== undefined)
      throw new Refusal('use only one of --ttl or --expires');
    const expires = ttl === undefined ? expiresFlag : new Date(session.now() + ttl).toISOString();
    const message = flags.text('message');
    const newLock = readLock(
      {
        metadata: { name: randomUUID() },
        spec: { target: Object.fromEntries(targets), message: message ?? null, expires: expires ?? null },
      },
      certificate.user,
      session.now(),
    );
    changeState(session.dir, (state) => {
      requirePermission(state, certificate, ['create'], 'lock');
      putResource(state.locks, newLock.metadata.name, newLock);
    });
    session.out(`Created a lock with name "${newLock.metadata.name}".\n`);
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

/** The commands of this file. */
export const resourceCommands: readonly Command[] = [...[get, create, remove, lock, alertsLs, version]];
