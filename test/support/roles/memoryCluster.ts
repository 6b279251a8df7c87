// A cluster that stores roles in memory. A test sets the outcome of its next writes and reads.
import { rawText, untrusted, type Untrusted } from '../../../src/access/untrusted/untrusted.ts';
import type { BaseVersion } from '../../../src/roles/apply/baseVersions.ts';
import { planRoles } from '../../../src/roles/apply/planApply.ts';
import { readSources, type ApplyRefusal, type ManifestSource } from '../../../src/roles/apply/readSources.ts';
import type { RolePlan, WantedRole } from '../../../src/roles/apply/rolePlan.ts';
import type { PlainObject } from '../../../src/roles/role/value.ts';
import { parseManifest } from '../../../src/roles/manifest/parseManifest.ts';
import type { SendServices } from '../../../src/roles/apply/sendRoles.ts';
import type { StorageFiles } from '../../../src/state/storageFiles.ts';
import { TeleportFailure, type Failure } from '../../../src/teleport/process/failure.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import type { StoredResource } from '../../../src/teleport/output/adminSchema.ts';

export const cluster = untrusted('ent.example.test');
export const eve = untrusted('eve');

/** Returns the manifest of a role. */
export const manifest = (name: string, allow = 'logins: [dev]', more = ''): string =>
  `kind: role\nversion: v7\nmetadata:\n  name: ${name}\n${more}spec:\n  allow: {${allow}}\n`;

/** Returns manifests as files. */
export const sourcesOf = (...texts: readonly string[]): readonly ManifestSource[] =>
  texts.map((text, index) => ({ file: `file:///${index}.yaml`, text }));

/** The outcome of a read or write on the server. */
type ScriptedAnswer = Failure | 'works' | 'works, and then the line is lost' | 'somebody else writes';

/** A cluster with roles in memory, and a tctl that reads and writes them. */
export class MemoryCluster {
  readonly roles = new Map<Untrusted, StoredResource>();
  readonly writtenRoles: Untrusted[] = [];
  /** The outcomes of the next writes. Writes succeed when the list is empty. */
  writeAnswers: ScriptedAnswer[] = [];
  /** The outcomes of the next reads. Reads succeed when the list is empty. */
  readAnswers: ScriptedAnswer[] = [];
  /** The fields of `spec.allow` that this server does not know and therefore does not store. */
  unknownFields: readonly string[] = [];
  now = 0;
  #revision = 0;

  /** Stores a role with a new revision. Tests call it for a change by another user. */
  putRole(content: PlainObject | string): StoredResource {
    const value = typeof content === 'string' ? manifestValue(content) : content;
    const { name } = value['metadata'] as { name: string };
    const revision = `r${String(++this.#revision)}`;
    const { allow } = value['spec'] as { allow: PlainObject };
    const knownFields = Object.entries(allow).filter(([key]) => !this.unknownFields.includes(key));
    const metadata = { ...(value['metadata'] as PlainObject), revision };
    const document = {
      ...value,
      metadata,
      spec: { ...(value['spec'] as PlainObject), allow: Object.fromEntries(knownFields) },
    };
    const role = { name: untrusted(name), revision, document };
    this.roles.set(role.name, role);
    return role;
  }

  get allRoles(): readonly StoredResource[] {
    return [...this.roles.values()];
  }

  readonly tctl = {
    role: (_: Home, name: Untrusted): Promise<StoredResource> => this.#role(name),
    writeRole: (
      _: Home,
      name: Untrusted,
      bytes: string,
      revision: string | undefined,
    ): Promise<StoredResource> => this.#write(name, bytes, revision),
    removeRole: (_: Home, name: Untrusted, revision: string): Promise<void> => this.#remove(name, revision),
  };

  /** The services to send roles with. */
  sendServices(files: StorageFiles): SendServices {
    const clock = { now: () => this.now };
    return { tctl: this.tctl, mainLogin: new Home('/nowhere'), clock, files };
  }

  /** Reads manifests, each in a file of its own. */
  read(...texts: readonly string[]): readonly WantedRole[] | ApplyRefusal {
    return readSources(sourcesOf(...texts), this.allRoles);
  }

  /**
   * Plans to apply manifests.
   * @param base the version of the roles that the user saw last
   */
  plans(texts: readonly string[], base?: BaseVersion): readonly RolePlan[] {
    const wanted = this.read(...texts);
    if ('kind' in wanted) throw new Error(JSON.stringify(wanted));
    return planRoles(
      wanted.map((role) => ({ ...role, base })),
      this.allRoles,
    );
  }

  #role(name: Untrusted): Promise<StoredResource> {
    const answer = this.readAnswers.shift() ?? 'works';
    if (typeof answer !== 'string') return Promise.reject(new TeleportFailure(answer));
    const role = this.roles.get(name);
    return role ? Promise.resolve(role) : Promise.reject(new TeleportFailure({ kind: 'gone' }));
  }

  #remove(name: Untrusted, revision: string): Promise<void> {
    const answer = this.writeAnswers.shift() ?? 'works';
    if (typeof answer !== 'string') return Promise.reject(new TeleportFailure(answer));
    const held = this.roles.get(name);
    if (held?.revision !== revision)
      return Promise.reject(new TeleportFailure({ kind: held ? 'changed' : 'gone' }));
    this.roles.delete(name);
    return answer === 'works'
      ? Promise.resolve()
      : Promise.reject(new TeleportFailure({ kind: 'unreachable' }));
  }

  #write(name: Untrusted, bytes: string, revision: string | undefined): Promise<StoredResource> {
    const answer = this.writeAnswers.shift() ?? 'works';
    if (typeof answer !== 'string') return Promise.reject(new TeleportFailure(answer));
    if (answer === 'somebody else writes') this.putRole(manifest(rawText(name), 'logins: [theirs]'));
    if (this.roles.get(name)?.revision !== revision)
      return Promise.reject(new TeleportFailure({ kind: 'changed' }));
    this.writtenRoles.push(name);
    const role = this.putRole(bytes);
    return answer === 'works'
      ? Promise.resolve(role)
      : Promise.reject(new TeleportFailure({ kind: 'unreachable' }));
  }
}

/** Returns the value of the first role in a manifest. */
export function manifestValue(text: string): PlainObject {
  const [document] = parseManifest(text).documents;
  if (!document) throw new Error(`no role in ${text}`);
  return document.value;
}
