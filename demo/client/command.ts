import type { Grammar } from '../cli/kingpinParser.ts';
import type { Session } from './session.ts';

/** A command of a program. `run` throws a Refusal to fail. */
export interface Command extends Grammar {
  run(session: Session): void | Promise<void>;
}
