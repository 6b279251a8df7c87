import { readdirSync } from 'node:fs';
import { fixturePath, readFixture } from './fixtures.ts';

/** A recorded run of a real tsh or tctl 17.0.0-dev. */
export interface Recording {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The exit code, or 'timeout' when the program was still waiting when it was stopped. */
  readonly exit: number | 'timeout';
  readonly stdout: string;
  readonly stderr: string;
}

/** Reads a recording by its name. */
export function readRecording(name: string): Recording {
  return JSON.parse(readFixture(`real-teleport/${name}.json`)) as Recording;
}

/** Returns the names of all recordings. */
export const recordingNames = (): string[] =>
  readdirSync(fixturePath('real-teleport')).flatMap((file) => /^(.*)\.json$/.exec(file)?.[1] ?? []);

/**
 * Matches ids, times, fractions of seconds and CA pins, which differ between two runs of the same command.
 */
const variablePart =
  /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)?|(?<=[mh])\d+\.\d+s\b|sha256:[0-9a-f]{64}/g;
const uuid = /^[0-9a-f]{8}-/;
/** The largest difference between two equal times, in ms. Programs need some time to start. */
const timeTolerance = 2000;

/**
 * The mapping between the ids of the demo and the recorded ids. It is one to one, so that a comparison fails
 * both when a revision should have changed and when it should not.
 */
export class IdPairing {
  private readonly demoByRecorded = new Map<string, string>();
  private readonly recordedByDemo = new Map<string, string>();

  /** Replaces recorded ids in arguments by the ids of the demo. */
  toDemoIds(text: string): string {
    return text.replace(variablePart, (token) => this.demoByRecorded.get(token) ?? token);
  }

  /** Maps a recorded id to a printed one. Returns false when one of them is mapped to another id. */
  pair(recorded: string, printed: string): boolean {
    if (recorded.startsWith('00000000-') || printed.startsWith('00000000-')) return recorded === printed;
    const known = this.demoByRecorded.get(recorded);
    if (known !== undefined || this.recordedByDemo.has(printed)) return known === printed;
    this.demoByRecorded.set(recorded, printed);
    this.recordedByDemo.set(printed, recorded);
    return true;
  }

  /** Returns the demo's output with each variable part that agrees with the recorded one replaced by that. */
  toRecordedTerms(ours: string, theirs: string): string {
    const recorded = [...theirs.matchAll(variablePart)].map(([token]) => token);
    let index = 0;
    return ours.replace(variablePart, (token) => {
      const counterpart = recorded[index++];
      return counterpart !== undefined && this.agrees(counterpart, token) ? counterpart : token;
    });
  }

  private agrees(recorded: string, printed: string): boolean {
    if (uuid.test(recorded)) return uuid.test(printed) && this.pair(recorded, printed);
    if (recorded.startsWith('sha256:')) return printed.startsWith('sha256:');
    if (recorded.endsWith('s')) return Math.abs(Number.parseFloat(recorded) - Number.parseFloat(printed)) < 1;
    const [a, b] = [recorded, printed].map((text) =>
      Date.parse(text.replace(' ', 'T').replace(/\d$/, '$&Z')),
    );
    return Math.abs((a ?? NaN) - (b ?? NaN)) < timeTolerance;
  }
}

/** Returns the time at which a request was created, in ms. Its id begins with that time. */
export const creationTime = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
