import type { Instant } from '../access/untrusted/untrusted.ts';

/** A problem that the Doctor found, and advice for it. */
export interface DoctorFinding {
  readonly problem: string;
  readonly advice: string;
}

/** A fact that the Doctor has read, in words. */
export interface DoctorFact {
  /** The name before the first line; empty if the lines need none. */
  readonly name: string;
  /** The lines. They may say how long ago something was seen, so they depend on the time. */
  readonly lines: (now: Instant) => readonly string[];
  readonly finding?: DoctorFinding | undefined;
  /** Whether the fact could not be read although that should be possible here. */
  readonly unknown: boolean;
}

/** The facts that the Doctor has read. A fact is missing while it is still being read. */
export interface Diagnosis {
  readonly at: Instant;
  readonly done: boolean;
  readonly sections: readonly { readonly title: string; readonly facts: readonly DoctorFact[] }[];
}
