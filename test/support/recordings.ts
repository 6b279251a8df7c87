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

export function readRecording(name: string): Recording {
  return JSON.parse(readFixture(`real-teleport/${name}.json`)) as Recording;
}

/** The names of all there are. */
export const recordingNames = (): string[] =>
  readdirSync(fixturePath('real-teleport')).flatMap((file) => /^(.*)\.json$/.exec(file)?.[1] ?? []);

/** Ids, times, fractions of seconds and pins: what two runs of the same thing cannot share. */
const variablePart =
  /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[-+]\d\d:\d\d)?|(?<=[mh])\d+\.\d+s\b|sha256:[0-9a-f]{64}/g;
const uuid = /^[0-9a-f]{8}-/;
/** Two instants this near, in ms, are the same: the programs take a while to start. */
const timeTolerance = 2000;

/**
 * Which id of ours stands for which recorded one: one for one, so that a revision that should have changed
 * shows as clearly as one that should not.
 */
export class IdPairing {
  private readonly demoByRecorded = new Map<string, string>();
  private readonly recordedByDemo = new Map<string, string>();

  /** Replaces recorded ids in arguments by ours. */
  toDemoIds(text: string): string {
    return text.replace(variablePart, (token) => this.demoByRecorded.get(token) ?? token);
  }

  pair(recorded: string, printed: string): boolean {
    if (recorded.startsWith('00000000-') || printed.startsWith('00000000-')) return recorded === printed;
    const known = this.demoByRecorded.get(recorded);
    if (known !== undefined || this.recordedByDemo.has(printed)) return known === printed;
    this.demoByRecorded.set(recorded, printed);
    this.recordedByDemo.set(printed, recorded);
    return true;
  }

  /** Our output in the recording's terms: each variable part that agrees with the recorded one becomes it. */
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
    const [a, b] = [recorded, printed].map((text) => Date.parse(text.replace(' ', 'T').replace(/\d$/, '$&Z')));
    return Math.abs((a ?? NaN) - (b ?? NaN)) < timeTolerance;
  }
}

/** When a request was made: its id begins with that time, in ms. */
export const creationTime = (id: string): number => Number.parseInt(id.replace('-', '').slice(0, 12), 16);
