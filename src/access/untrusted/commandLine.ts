/** Length of the longest command that the confirmation shows in full before it runs, in characters. */
export const longestCommand = 1_000;

// Characters that a terminal acts on or does not display: control and format characters, line separators.
const invisible = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Co}|\p{Cn}|\p{Cs}/u;

/** Why a typed command cannot run exactly as it is shown; undefined if it can. */
export function commandProblem(command: string): 'empty' | 'unseen' | 'tooLong' | undefined {
  if (command.trim() === '') return 'empty';
  if (invisible.test(command)) return 'unseen';
  return Array.from(command).length > longestCommand ? 'tooLong' : undefined;
}
