import * as v from 'valibot';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { elevatedKinds, type Answers } from './answers.ts';
import type { EditionName } from '../role/edition.ts';
import type { StorageFiles } from '../../state/storageFiles.ts';
import { storedText } from '../../state/storedSchemas.ts';

const edition = v.exactOptional(v.picklist(['enterprise', 'community']));
const answers = v.object({
  asking: v.array(storedText),
  elevated: storedText,
  gives: v.picklist(elevatedKinds),
  minutes: v.pipe(v.number(), v.integer(), v.minValue(1)),
  reason: v.boolean(),
  mfa: v.boolean(),
  disconnect: v.boolean(),
  keep: v.array(v.string()),
  edition,
  approvals: v.picklist(['one', 'two', 'twoTeams', 'asIs']),
  approver: v.exactOptional(storedText),
  secondApprover: v.exactOptional(storedText),
  suggested: v.array(storedText),
});

/** What is stored of Set Up Roles for one cluster. */
interface StoredSetup {
  /** The last answers, also those of a window that was closed. */
  readonly answers?: Answers;
  /** The step at which the user left the wizard. */
  readonly step?: string;
  /** The edition that the user chose. */
  readonly edition?: EditionName;
  /** The time that the user was typing when they left the wizard. */
  readonly typed?: string;
}

const schema = v.record(
  v.string(),
  v.object({
    answers: v.exactOptional(answers),
    step: v.exactOptional(v.string()),
    edition,
    typed: v.exactOptional(v.string()),
  }),
);

const file = 'set-up.json';

/** Stores the user's answers in Set Up Roles for one cluster, so that leaving the wizard loses nothing. */
export class SavedAnswers {
  readonly #files: StorageFiles;
  readonly #cluster: string;
  #all: Readonly<Record<string, StoredSetup>>;

  private constructor(files: StorageFiles, cluster: Untrusted, all: Readonly<Record<string, StoredSetup>>) {
    this.#files = files;
    this.#cluster = rawText(cluster);
    this.#all = all;
  }

  /** Reads the stored answers for a cluster; none when the file is missing or cannot be read. */
  static async load(files: StorageFiles, cluster: Untrusted): Promise<SavedAnswers> {
    return new SavedAnswers(files, cluster, (await files.read(file, schema)) ?? {});
  }

  /** What is stored for the cluster. */
  get stored(): StoredSetup {
    return this.#all[this.#cluster] ?? {};
  }

  /** Stores some answers and keeps the others. */
  save(changes: StoredSetup): Promise<void> {
    return this.#write({ ...this.stored, ...changes });
  }

  /** Deletes the answers after the manifests are written. The edition stays for the next time. */
  reset(): Promise<void> {
    const { edition: known } = this.stored;
    return this.#write(known === undefined ? {} : { edition: known });
  }

  #write(setup: StoredSetup): Promise<void> {
    this.#all = { ...this.#all, [this.#cluster]: setup };
    return this.#files.write(file, this.#all);
  }
}
