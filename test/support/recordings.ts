import { readdirSync } from 'node:fs';
import { fixturePath, readFixture } from './fixtures.ts';

/** One run of a real tsh or tctl 17.0.0-dev. */
export interface Recording {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** 'timeout': it was still waiting when it was stopped. */
  readonly exit: number | 'timeout';
  readonly stdout: string;
  readonly stderr: string;
}

export function recording(name: string): Recording {
  return JSON.parse(readFixture(`real-teleport/${name}.json`)) as Recording;
}

/** The names of all there are. */
export const recordings = (): string[] =>
  readdirSync(fixturePath('real-teleport')).flatMap((file) => /^(.*)\.json$/.exec(file)?.[1] ?? []);

/** Ids, times, fractions of seconds and pins: what two runs of the same thing cannot share. */
const variable =
  /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)?|(?<=[mh])\d+\.\d+s\b|sha256:[0-9a-f]{64}/g;
const uuid = /^[0-9a-f]{8}-/;
/** Two instants this near, in ms, are the same: the programs take a while to start. */
const sameInstant = 2000;

/**
 * Which id of ours stands for which recorded one: one for one, so that a revision that should have changed
 * shows as clearly as one that should not.
 */
export class Pairing {
  private readonly oursByTheirs = new Map<string, string>();
  private readonly theirsByOurs = new Map<string, string>();

  /** Replaces recorded ids in arguments by ours. */
  toOurs(text: string): string {
    return text.replace(variable, (token) => this.oursByTheirs.get(token) ?? token);
  }

  pair(theirs: string, ours: string): boolean {
    if (theirs.startsWith('00000000-') || ours.startsWith('00000000-')) return theirs === ours;
    const known = this.oursByTheirs.get(theirs);
    if (known !== undefined || this.theirsByOurs.has(ours)) return known === ours;
    this.oursByTheirs.set(theirs, ours);
    this.theirsByOurs.set(ours, theirs);
    return true;
  }

  /** Our output in the recording's terms: each variable part that agrees with the recorded one becomes it. */
  inTheirTerms(ours: string, theirs: string): string {
    const recorded = [...theirs.matchAll(variable)].map(([token]) => token);
    let at = 0;
    return ours.replace(variable, (token) => {
      const their = recorded[at++];
      return their !== undefined && this.agree(their, token) ? their : token;
    });
  }

  private agree(theirs: string, ours: string): boolean {
    if (uuid.test(theirs)) return uuid.test(ours) && this.pair(theirs, ours);
    if (theirs.startsWith('sha256:')) return ours.startsWith('sha256:');
    if (theirs.endsWith('s')) return Math.abs(Number.parseFloat(theirs) - Number.parseFloat(ours)) < 1;
    const [a, b] = [theirs, ours].map((text) => Date.parse(text.replace(' ', 'T').replace(/\d$/, '$&Z')));
    return Math.abs((a ?? NaN) - (b ?? NaN)) < sameInstant;
  }
}

/** When a request was made: its id begins with that time, in ms. */
export const madeAt = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
