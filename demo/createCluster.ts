// Makes a demo cluster in a folder, and turns its clock.
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { offsetClock, type Clock } from '../src/state/clock.ts';
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

/** A cluster in a folder: programs to run, a signed-in home for each person, the file that moves its time. */
export interface DemoCluster {
  readonly dir: string;
  readonly tsh: string;
  readonly tctl: string;
  /** For who has no kubectl; in the same folder. */
  readonly kubectl: string;
  /** Person to TELEPORT_HOME. */
  readonly homes: Record<string, string>;
  /** Holds the offset in ms; see offsetClock. */
  readonly clock: string;
}

/** What a new cluster is to be. */
export interface ClusterOptions {
  readonly edition: DemoEdition;
  /** Absolute paths that the programs made here hold: Node, and the built demo.cjs. */
  readonly node: string;
  readonly program: string;
  /** Otherwise than its edition calls it; proxy as host:port. */
  readonly cluster?: string;
  readonly proxy?: string;
  /** Before requests were set up: dev-team holds `system:masters` all the time, and there is no kube-admin. */
  readonly before?: boolean;
  /** Of Teleport; the recorded one if absent. */
  readonly version?: string;
  /** Whether the server has access lists; the recorded ones have not. Enterprise. */
  readonly accessLists?: boolean;
}

const defaultTtl = 12 * 60;

/**
 * Makes a cluster in `dir`, everybody signed in for 12 hours. Throws where there is a cluster already.
 */
export async function createCluster(dir: string, options: ClusterOptions): Promise<DemoCluster> {
  const root = resolve(dir);
  const { edition, before = false, version = recordedVersion, accessLists = false } = options;
  const { people, roles, nodes, cluster, proxy } = { ...sampleCluster(edition, before), ...options };
  const host = randomUUID();
  const now = clockOf(root).now();
  await mkdir(join(root, 'bin'), { recursive: true, mode: 0o700 });
  await mkdir(join(root, 'homes'), { recursive: true, mode: 0o700 });
  if (await exists(join(root, 'state.json'))) throw new Error(`There is a cluster in ${root} already.`);
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
      ...Object.entries(people).map(([name, own]) => newUser(name, own, `${host}.${cluster}`, now)),
    ].map(longSince),
    roles: [...presets[edition], ...roles]
      .map(({ name, version: form = 'v7', description, labels, options: chosen = {}, allow = {} }) =>
        readRoleManifest(
          {
            version: form,
            metadata: { name, description: description ?? null, labels: labels ?? null },
            spec: { options: chosen, allow },
          },
          { edition, version },
        ),
      )
      .map(longSince),
    requests: [],
    locks: [],
    tokens: [],
    saml: [],
    oidc: [],
    github: [],
    trustedClusters: [],
    bots: [],
    ...(accessLists && edition === 'enterprise' ? { accessLists: [], members: [] } : {}),
  });
  const homes: Record<string, string> = {};
  for (const name of Object.keys(people)) {
    homes[name] = join(root, 'homes', name);
    await signInPerson(root, name, homes[name]);
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

/** What has been there long enough for lists to show it. */
const longSince = (now: StoredItem): Stored<StoredItem> => ({ now, changed: 0 });

const clockOf = (dir: string): Clock => offsetClock(join(dir, 'clock'));

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Programs run by the hundred, so they keep what Node compiled, with the cluster: an eighth of a call's work. */
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

/** Puts a fresh login of `person` into `home`, as after `tsh login`. Cut to what the person's roles allow. */
export function signInPerson(
  dir: string,
  person: string,
  home: string,
  ttlMinutes = defaultTtl,
): Promise<void> {
  const state = readState(dir);
  const now = clockOf(dir).now();
  writeLogin(home, state, firstCertificate(state, person, newKey(), ttlMinutes * 60_000, now));
  return Promise.resolve();
}

/** Moves the cluster's time on by `ms`. */
export async function moveClock(dir: string, ms: number): Promise<void> {
  const file = join(dir, 'clock');
  const text = await readFile(file, 'utf8').catch(() => '0');
  replaceFile(file, String((Number.parseInt(text, 10) || 0) + Math.round(ms)));
}
