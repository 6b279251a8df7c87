// Creates a demo cluster in a folder, signs users in, and moves the cluster's clock.
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { offsetClock, type Clock } from '../src/state/clock.ts';
import { sampleAccessLists } from './kinds/accessLists.ts';
import { firstCertificate } from './server/authorization.ts';
import { newKey, writeLogin } from './client/profileFolder.ts';
import { newKube } from './kube/startApiServer.ts';
import { sampleCluster } from './resources/sampleData.ts';
import { presets } from './resources/presets.ts';
import type { StoredItem } from './resources/resource.ts';
import { readRoleManifest, type DemoEdition } from './resources/roles.ts';
import { readState, replaceFile, writeState, type Stored } from './server/serverState.ts';
import { approvalBot, newUser } from './resources/users.ts';
import { recordedVersion } from './cli/teleportVersion.ts';

/** A demo cluster: its folder, its programs, a home with a login for each user, and its clock file. */
export interface DemoCluster {
  readonly dir: string;
  readonly tsh: string;
  readonly tctl: string;
  /** A stand-in for machines without kubectl. It lies in the same folder as tsh. */
  readonly kubectl: string;
  /** User name to TELEPORT_HOME. */
  readonly homes: Record<string, string>;
  /**
   * The file that holds the offset of the cluster's time from this machine's time, in ms (see offsetClock).
   */
  readonly clock: string;
}

/** The options of a new cluster. */
export interface ClusterOptions {
  readonly edition: DemoEdition;
  /** The absolute path of Node, which the shims run. */
  readonly node: string;
  /** The absolute path of the built demo.cjs, which the shims run. */
  readonly program: string;
  /** The name of the cluster, if not the sample name of its edition. */
  readonly cluster?: string;
  /** The address of the proxy as host:port, if not the sample address of its edition. */
  readonly proxy?: string;
  /**
   * Whether the cluster is in the state before access requests are set up: dev-team holds `system:masters`
   * permanently, and the role kube-admin does not exist.
   */
  readonly before?: boolean;
  /** The version of Teleport, by default the recorded one. */
  readonly version?: string;
  /**
   * Whether an Enterprise server has access lists, with a few of them. The recorded servers have none, so the default is false.
   */
  readonly accessLists?: boolean;
}

/** How long a login lasts, in minutes. */
const defaultTtl = 12 * 60;

/**
 * Creates a cluster in `dir` and signs every user in for 12 hours.
 * @throws Error when the folder holds a cluster already.
 */
export async function createCluster(dir: string, options: ClusterOptions): Promise<DemoCluster> {
  const root = resolve(dir);
  const { edition, before = false, version = recordedVersion, accessLists = false } = options;
  const { people, roles, nodes, cluster, proxy } = { ...sampleCluster(edition, before), ...options };
  const host = randomUUID();
  const now = clockOf(root).now();
  await mkdir(join(root, 'bin'), { recursive: true, mode: 0o700 });
  await mkdir(join(root, 'homes'), { recursive: true, mode: 0o700 });
  if (existsSync(join(root, 'state.json'))) throw new Error(`There is a cluster in ${root} already.`);
  writeState(root, {
    edition,
    version,
    cluster,
    leaves: ['leaf.example.test'],
    proxy,
    host,
    started: now,
    nodes,
    secret: randomBytes(32).toString('hex'),
    ...(edition === 'enterprise' || before
      ? { kube: await newKube('prod-eu', before ? { env: 'prod' } : undefined) }
      : {}),
    users: [
      ...(edition === 'enterprise' ? [approvalBot()] : []),
      ...Object.entries(people).map(([name, held]) => newUser(name, held, `${host}.${cluster}`, now)),
    ].map(shownInLists),
    roles: [...presets[edition], ...roles]
      .map(
        ({ name, version: roleVersion = 'v7', description, labels, options: roleOptions = {}, allow = {} }) =>
          readRoleManifest(
            {
              version: roleVersion,
              metadata: { name, description: description ?? null, labels: labels ?? null },
              spec: { options: roleOptions, allow },
            },
            { edition, version },
          ),
      )
      .map(shownInLists),
    requests: [],
    locks: [],
    github: [],
    bots: [],
    ...(accessLists && edition === 'enterprise' ? { accessLists: sampleAccessLists(now) } : {}),
  });
  const homes: Record<string, string> = {};
  for (const name of Object.keys(people)) {
    homes[name] = join(root, 'homes', name);
    await signInUser(root, name, homes[name]);
  }
  return {
    dir: root,
    tsh: await writeShim(root, 'tsh', options),
    tctl: await writeShim(root, 'tctl', options),
    kubectl: await writeShim(root, 'kubectl', options),
    homes,
    clock: join(root, 'clock'),
  };
}

/** Stores an item as changed long ago, so that lists, which lag behind writes, show it at once. */
const shownInLists = (item: StoredItem): Stored<StoredItem> => ({ now: item, changed: 0 });

const clockOf = (dir: string): Clock => offsetClock(join(dir, 'clock'));

/**
 * Writes the script that runs a program of the cluster. The script keeps Node's compile cache in the
 * cluster's folder, which saves an eighth of the work of each call: a test suite makes hundreds of calls.
 */
async function writeShim(
  dir: string,
  name: string,
  { node, program }: { node: string; program: string },
): Promise<string> {
  const compiled = join(dir, 'compiled');
  if (process.platform === 'win32') {
    const path = join(dir, 'bin', `${name}.cmd`);
    const set = `@set ELECTRON_RUN_AS_NODE=1\r\n@set "NODE_COMPILE_CACHE=${compiled}"\r\n`;
    await writeFile(path, `${set}@"${node}" "${program}" ${name} "${dir}" %*\r\n`);
    return path;
  }
  const path = join(dir, 'bin', name);
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const call = `${quoted(node)} ${quoted(program)} ${name} ${quoted(dir)}`;
  const set = `ELECTRON_RUN_AS_NODE=1 NODE_COMPILE_CACHE=${quoted(compiled)}`;
  await writeFile(path, `#!/bin/sh\n${set} exec ${call} "$@"\n`);
  await chmod(path, 0o755);
  return path;
}

/**
 * Writes a new login of `user` into `home`, as `tsh login` does. The roles of the user can shorten it.
 */
export function signInUser(dir: string, user: string, home: string, ttlMinutes = defaultTtl): Promise<void> {
  const state = readState(dir);
  const now = clockOf(dir).now();
  writeLogin(home, state, firstCertificate(state, user, newKey(), ttlMinutes * 60_000, now));
  return Promise.resolve();
}

/** Moves the cluster's time forward by `ms`. */
export async function moveClock(dir: string, ms: number): Promise<void> {
  const file = join(dir, 'clock');
  const text = await readFile(file, 'utf8').catch(() => '0');
  replaceFile(file, String((Number.parseInt(text, 10) || 0) + Math.round(ms)));
}
