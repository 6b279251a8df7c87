/** The longest command that is shown in full before it runs, in characters. */
export const longestCommand = 1_000;

// What a terminal would obey, or what would not be seen: control and format characters, line separators.
const unseen = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Co}|\p{Cn}|\p{Cs}/u;

/** What keeps a typed command from being run as it is shown; undefined when nothing does. */
export function commandProblem(command: string): 'empty' | 'unseen' | 'tooLong' | undefined {
  if (command.trim() === '') return 'empty';
  if (unseen.test(command)) return 'unseen';
  return Array.from(command).length > longestCommand ? 'tooLong' : undefined;
}
