// A cluster that holds roles in memory, and does what a test tells it to at the next write or read.
import { bare, foreign, type Foreign } from '../../../src/access/text/foreign.ts';
import { Bases } from '../../../src/roles/apply/baseVersions.ts';
import { Applications } from '../../../src/roles/apply/applyHistory.ts';
import type { PlainObject } from '../../../src/roles/role/value.ts';
import { readManifest } from '../../../src/roles/manifest/parseManifest.ts';
import type { Sending } from '../../../src/roles/apply/sendRoles.ts';
import type { Files } from '../../../src/state/storageFiles.ts';
import { TeleportFailure, type Failure } from '../../../src/teleport/process/failure.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import type { Held } from '../../../src/teleport/output/adminSchema.ts';

export const cluster = foreign('ent.example.test');
export const eve = foreign('eve');

/** A manifest of a role. */
export const manifest = (name: string, allow = 'logins: [dev]', more = ''): string =>
  `kind: role\nversion: v7\nmetadata:\n  name: ${name}\n${more}spec:\n  allow: {${allow}}\n`;

/** What an access to the server comes to. */
type Answer = Failure | 'works' | 'works, and then the line is lost' | 'somebody else writes';

export class MemoryCluster {
  readonly held = new Map<Foreign, Held>();
  readonly written: Foreign[] = [];
  /** What the next writes and reads come to; after the last they work. */
  writes: Answer[] = [];
  reads: Answer[] = [];
  /** Fields that this server does not know, in `spec.allow`. */
  unknown: readonly string[] = [];
  now = 0;
  #revision = 0;

  /** Puts a role there as somebody else does. */
  put(document: PlainObject | string): Held {
    const value = typeof document === 'string' ? valueOf(document) : document;
    const { name } = value['metadata'] as { name: string };
    const revision = `r${String(++this.#revision)}`;
    const { allow } = value['spec'] as { allow: PlainObject };
    const kept = Object.entries(allow).filter(([key]) => !this.unknown.includes(key));
    const metadata = { ...(value['metadata'] as PlainObject), revision };
    const stored = {
      ...value,
      metadata,
      spec: { ...(value['spec'] as PlainObject), allow: Object.fromEntries(kept) },
    };
    const held = { name: foreign(name), revision, document: stored };
    this.held.set(held.name, held);
    return held;
  }

  get all(): readonly Held[] {
    return [...this.held.values()];
  }

  readonly tctl = {
    role: (_: Home, name: Foreign): Promise<Held> => this.#role(name),
    writeRole: (_: Home, name: Foreign, bytes: string, revision: string | undefined): Promise<Held> =>
      this.#write(name, bytes, revision),
    removeRole: (_: Home, name: Foreign, revision: string): Promise<void> => this.#remove(name, revision),
  };

  sending(files: Files): Sending {
    const { tctl } = this;
    const clock = { now: () => this.now };
    const applications = new Applications(files);
    return { tctl, home: new Home('/nowhere'), clock, bases: new Bases(files), applications };
  }

  #role(name: Foreign): Promise<Held> {
    const answer = this.reads.shift() ?? 'works';
    if (typeof answer !== 'string') return Promise.reject(new TeleportFailure(answer));
    const held = this.held.get(name);
    return held ? Promise.resolve(held) : Promise.reject(new TeleportFailure({ kind: 'gone' }));
  }

  #remove(name: Foreign, revision: string): Promise<void> {
    const answer = this.writes.shift() ?? 'works';
    if (typeof answer !== 'string') return Promise.reject(new TeleportFailure(answer));
    const held = this.held.get(name);
    if (held?.revision !== revision)
      return Promise.reject(new TeleportFailure({ kind: held ? 'changed' : 'gone' }));
    this.held.delete(name);
    return answer === 'works'
      ? Promise.resolve()
      : Promise.reject(new TeleportFailure({ kind: 'unreachable' }));
  }

  #write(name: Foreign, bytes: string, revision: string | undefined): Promise<Held> {
    const answer = this.writes.shift() ?? 'works';
    if (typeof answer !== 'string') return Promise.reject(new TeleportFailure(answer));
    if (answer === 'somebody else writes') this.put(manifest(bare(name), 'logins: [theirs]'));
    if (this.held.get(name)?.revision !== revision)
      return Promise.reject(new TeleportFailure({ kind: 'changed' }));
    this.written.push(name);
    const held = this.put(bytes);
    return answer === 'works'
      ? Promise.resolve(held)
      : Promise.reject(new TeleportFailure({ kind: 'unreachable' }));
  }
}

/** What a manifest says. */
export function valueOf(text: string): PlainObject {
  const [document] = readManifest(text).documents;
  if (!document) throw new Error(`no role in ${text}`);
  return document.value;
}
