import * as v from 'valibot';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { elevatedKinds, type Answers } from './answers.ts';
import type { EditionName } from '../role/edition.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import { storedText } from '../../state/storedSchemas.ts';

const edition = v.picklist(['enterprise', 'community']);
const answers = v.pipe(
  v.object({
    asking: v.array(storedText),
    elevated: storedText,
    gives: v.picklist(elevatedKinds),
    minutes: v.pipe(v.number(), v.integer(), v.minValue(1)),
    reason: v.boolean(),
    mfa: v.boolean(),
    disconnect: v.boolean(),
    keep: v.array(v.string()),
    edition: v.optional(edition),
    approvals: v.picklist(['one', 'two', 'twoTeams', 'asIs']),
    approver: v.optional(storedText),
    secondApprover: v.optional(storedText),
    suggested: v.array(storedText),
  }),
  // Leaves out undefined values, which `Answers` does not allow in every field.
  v.transform((stored) =>
    Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== undefined)),
  ),
  v.transform((stored) => stored as unknown as Answers),
);

/** The stored answers, by cluster. */
const schema = v.record(
  v.string(),
  v.object({
    answers: v.optional(answers),
    step: v.optional(v.string()),
    edition: v.optional(edition),
    typed: v.optional(v.string()),
  }),
);

const file = 'set-up.json';

/** Stores the user's answers in Set Up Roles for one cluster, so that leaving the wizard loses nothing. */
export class SavedAnswers {
  readonly #files: StorageFiles;
  readonly #cluster: string;
  #all: v.InferOutput<typeof schema>;

  private constructor(files: StorageFiles, cluster: Untrusted, all: v.InferOutput<typeof schema>) {
    this.#files = files;
    this.#cluster = rawText(cluster);
    this.#all = all;
  }

  /** Reads the stored answers for a cluster; none when the file is missing or cannot be read. */
  static async load(files: StorageFiles, cluster: Untrusted): Promise<SavedAnswers> {
    return new SavedAnswers(files, cluster, (await files.read(file, schema)) ?? {});
  }

  /** The last answers, also those of a window that was closed. */
  get answers(): Answers | undefined {
    return this.#all[this.#cluster]?.answers;
  }

  /** The step at which the user left the wizard. */
  get step(): string | undefined {
    return this.#all[this.#cluster]?.step;
  }

  /** The edition that the user chose. */
  get edition(): EditionName | undefined {
    return this.#all[this.#cluster]?.edition;
  }

  /** The time that the user was typing when they left the wizard. */
  get typed(): string | undefined {
    return this.#all[this.#cluster]?.typed;
  }

  /** Stores some answers and keeps the others. */
  save(changes: {
    readonly answers?: Answers;
    readonly step?: string;
    readonly edition?: EditionName;
    readonly typed?: string;
  }): Promise<void> {
    this.#all = { ...this.#all, [this.#cluster]: { ...this.#all[this.#cluster], ...changes } };
    return this.#files.write(file, this.#all);
  }

  /** Deletes the answers after the manifests are written. The edition stays for the next time. */
  reset(): Promise<void> {
    const { edition: known } = this;
    this.#all = { ...this.#all, [this.#cluster]: known === undefined ? {} : { edition: known } };
    return this.#files.write(file, this.#all);
  }
}
