import * as v from 'valibot';
import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
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
  // What was left away is absent, not undefined.
  v.transform((stored) =>
    Object.fromEntries(Object.entries(stored).filter(([, value]) => value !== undefined)),
  ),
  v.transform((stored) => stored as unknown as Answers),
);

/** What was answered about one cluster. */
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

/** What a person answered in Set Up Roles about one cluster, so that leaving loses nothing. */
export class SavedAnswers {
  readonly #files: StorageFiles;
  readonly #cluster: string;
  #all: v.InferOutput<typeof schema>;

  private constructor(files: StorageFiles, cluster: Untrusted, all: v.InferOutput<typeof schema>) {
    this.#files = files;
    this.#cluster = rawText(cluster);
    this.#all = all;
  }

  static async load(files: StorageFiles, cluster: Untrusted): Promise<SavedAnswers> {
    return new SavedAnswers(files, cluster, (await files.read(file, schema)) ?? {});
  }

  /** The answers as they were left, also by a window that was closed. */
  get answers(): Answers | undefined {
    return this.#all[this.#cluster]?.answers;
  }

  /** The step at which it was left. */
  get step(): string | undefined {
    return this.#all[this.#cluster]?.step;
  }

  /** Which edition the person said it is. */
  get edition(): EditionName | undefined {
    return this.#all[this.#cluster]?.edition;
  }

  /** A time that was being typed when it was left. */
  get typed(): string | undefined {
    return this.#all[this.#cluster]?.typed;
  }

  save(kept: {
    readonly answers?: Answers;
    readonly step?: string;
    readonly edition?: EditionName;
    readonly typed?: string;
  }): Promise<void> {
    this.#all = { ...this.#all, [this.#cluster]: { ...this.#all[this.#cluster], ...kept } };
    return this.#files.write(file, this.#all);
  }

  /** The manifests are written: the next time begins anew, but the edition stays known. */
  reset(): Promise<void> {
    const { edition: known } = this;
    this.#all = { ...this.#all, [this.#cluster]: known === undefined ? {} : { edition: known } };
    return this.#files.write(file, this.#all);
  }
}
