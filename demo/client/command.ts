import type { Grammar } from '../cli/kingpinParser.ts';
import type { Session } from './session.ts';

/** One row of a program's table of commands. `run` throws a Refusal to fail. */
export interface Command extends Grammar {
  run(session: Session): void | Promise<void>;
}
