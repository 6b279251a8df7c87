import { hasInvisible } from './invisible.ts';

/** Length of the longest command that the confirmation shows in full before it runs, in characters. */
export const longestCommand = 1_000;

/** Why a typed command cannot run exactly as it is shown; undefined if it can. */
export function commandProblem(command: string): 'empty' | 'unseen' | 'tooLong' | undefined {
  if (command.trim() === '') return 'empty';
  if (hasInvisible(command)) return 'unseen';
  return Array.from(command).length > longestCommand ? 'tooLong' : undefined;
}
