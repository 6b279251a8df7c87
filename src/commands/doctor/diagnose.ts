import * as l10n from '@vscode/l10n';
import { forPage } from '../../access/untrusted/sinks.ts';
import { untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import type { DoctorFact } from '../../state/diagnosis.ts';
import { systemErrorCode } from '../../teleport/process/systemError.ts';
import { failureOf } from '../../teleport/process/failure.ts';
import { failureWords } from '../../text/failure.ts';
import type { SharedServices } from '../shared/services.ts';

/** A fact of the Doctor: how it is read, its lines on the page, and the advice if something is wrong. */
export interface DoctorEntry<T = unknown> {
  /** The name before the first line; empty if the lines need none. */
  readonly name: string;
  /** Reads the value; undefined if the page has nothing to say about it. */
  read(): T | undefined | Promise<T | undefined>;
  /** The line or lines for a value. Untrusted text goes through `forPage`. */
  line(value: T, now: Instant): string | readonly string[];
  /** The problem in a value. `advice` then says what to do. */
  problem?(value: T): string | false | undefined;
  advice?(value: T): string;
  /** What to do if tsh or tctl fails. Without it such a failure is no problem. */
  readonly failureAdvice?: string;
  /** The verdict does not count the fact when it cannot be read. */
  readonly mayFail?: true;
}

/** Lets the compiler infer the type of an entry's value. */
export const fact = <T>(entry: DoctorEntry<T>): DoctorEntry => entry;

/** A part of the page. Its facts are read one after another. */
export interface DoctorSection {
  readonly title: string;
  /**
   * Whether tsh and tctl read the facts. Such sections wait for one another: the login is needed first, and a
   * call that waits for another one would seem slow.
   */
  readonly callsPrograms: boolean;
  readonly entries: readonly DoctorEntry[];
}

/** Thrown by a read that needs a login while nobody is signed in, because tsh would ask for a password. */
export class NotAsked extends Error {}

/**
 * Reads the facts of the Doctor and puts each into the store as soon as it is known. Each fact is read
 * independently, so that a failure affects only its own fact.
 */
export async function diagnose(
  { store, clock }: Pick<SharedServices, 'store' | 'clock'>,
  table: readonly DoctorSection[],
): Promise<void> {
  const at = clock.now();
  const sections = table.map(({ title }) => ({ title, facts: [] as readonly DoctorFact[] }));
  const show = (done: boolean): void =>
    store.update({ diagnosis: { at, done, sections: sections.map((section) => ({ ...section })) } });
  show(false);
  const readSection = async ({ entries }: DoctorSection, index: number): Promise<void> => {
    for (const entry of entries) {
      const fact = await readFact(entry);
      const section = sections[index];
      if (!fact || !section) continue;
      section.facts = [...section.facts, fact];
      show(false);
    }
  };
  let lastCall = Promise.resolve();
  await Promise.all(
    table.map((section, index) =>
      section.callsPrograms
        ? (lastCall = lastCall.then(() => readSection(section, index)))
        : readSection(section, index),
    ),
  );
  show(true);
}

/** Reads one fact. A failure or a system error becomes its lines, so that it affects no other fact. */
async function readFact(entry: DoctorEntry): Promise<DoctorFact | undefined> {
  const { name, failureAdvice, mayFail = false } = entry;
  const finding = (problem: string | false | undefined, advice: string | undefined): DoctorFact['finding'] =>
    problem && advice ? { problem, advice } : undefined;
  try {
    const value = await entry.read();
    if (value === undefined) return undefined;
    const found = finding(entry.problem?.(value), entry.advice?.(value));
    return { name, lines: (now) => [entry.line(value, now)].flat(), finding: found, unknown: false };
  } catch (error) {
    const failure = failureOf(error);
    // That tsh is missing is a problem of its own entry only.
    const isProblem = failure && (failure.kind !== 'notFound' || name === 'tsh');
    const found = finding(isProblem && failureWords(failure).text, failureAdvice);
    const lines = failedLines(error);
    return { name, lines: () => lines, finding: found, unknown: !mayFail && !(error instanceof NotAsked) };
  }
}

/** Says why a fact is not known. Of an error of this machine only the code is told: its text names paths. */
function failedLines(error: unknown): readonly string[] {
  if (error instanceof NotAsked)
    return [l10n.t('not asked, since it is not known that somebody is signed in')];
  const failure = failureOf(error);
  if (!failure) return [l10n.t('could not be read'), ...forPage(untrusted(systemErrorCode(error) ?? ''))];
  return [failureWords(failure).text, ...(failure.said ? forPage(failure.said) : [])];
}
