// The commands `tctl get`, `create`, `rm`, `lock` and `users update`.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { requirePermission, requireRoles } from '../server/authorization.ts';
import type { ResourceKind } from '../kinds/resourceKind.ts';
import { resourceKindNamed } from '../kinds/kindTable.ts';
import { readLock, lockTargets } from '../server/locks.ts';
import { manifests } from '../resources/readManifests.ts';
import { textIn, type JsonObject } from '../resources/resource.ts';
import { connectTctl } from '../client/session.ts';
import { changeState, current, putResource } from '../server/serverState.ts';
import { printResources, resourceFormat } from './resourceOutput.ts';

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

const get: Command = {
  words: ['get'],
  help: 'Print a YAML declaration of various Teleport resources.',
  flags: [resourceFormat],
  args: [{ name: 'resources', help: 'Resource spec: [type/name]', required: true }],
  run(session) {
    const { certificate, state } = connectTctl(session);
    const { kind, name } = parseReference(session.flags.args[0] ?? '');
    const isOwnRole = name !== undefined && kind.word === 'role' && certificate.roles.includes(name);
    if (!isOwnRole) kind.checkAccess(state, certificate, name === undefined ? kind.listVerbs : ['read']);
    printResources(session, kind.get(state, session.now(), name));
  },
};

const create: Command = {
  words: ['create'],
  help: 'Create or update a Teleport resource from a YAML file.',
  flags: [{ name: 'force', short: 'f', kind: 'boolean', help: 'Overwrite the resource if already exists' }],
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
        kind.checkAccess(state, certificate, force ? ['create', 'update'] : ['create']);
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
      kind.checkAccess(state, certificate, ['delete']);
      return removeResource(state, name);
    });
    session.out(`${message}\n`);
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
    const targets = Object.keys(lockTargets).flatMap((target): [string, string][] => {
      const value = flags.text(target.replace('_', '-'));
      return value ? [[target, value]] : [];
    });
    const ttl = flags.duration('ttl');
    const expiresFlag = flags.text('expires');
    if (ttl !== undefined && expiresFlag !== undefined)
      throw new Refusal('use only one of --ttl or --expires');
    const expires = ttl === undefined ? expiresFlag : new Date(session.now() + ttl).toISOString();
    const message = flags.text('message');
    const spec = {
      target: Object.fromEntries(targets),
      ...(message ? { message } : {}),
      ...(expires === undefined ? {} : { expires }),
    };
    const newLock = readLock(randomUUID(), spec, certificate.user, session.now());
    changeState(session.dir, (state) => {
      requirePermission(state, certificate, ['create'], 'lock');
      putResource(state.locks, newLock.metadata.name, newLock);
    });
    session.out(`Created a lock with name "${newLock.metadata.name}".\n`);
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
      requirePermission(state, certificate, ['update'], 'user');
      const user = current(state.users).find(({ metadata }) => metadata.name === name);
      if (!user) throw new Refusal(`user "${name}" not found`);
      requireRoles(state, roles);
      putResource(state.users, name, {
        ...user,
        metadata: { ...user.metadata, revision: randomUUID() },
        spec: { ...user.spec, roles },
      });
    });
    session.out(`User ${name} has been updated:\n\tNew roles: ${roles.join(',')}\n`);
  },
};

/** The commands of this file. */
export const resourceCommands: readonly Command[] = [get, create, remove, lock, usersUpdate];
