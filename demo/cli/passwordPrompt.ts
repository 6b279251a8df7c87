// Reads a password from the terminal.
import { Refusal } from './refusal.ts';

const enter = /[\r\n]/;
const interrupt = '\x03';

/**
 * Prints the prompt with `show` and reads a password without echo.
 * @throws Refusal without a terminal, and when the user presses Ctrl+C.
 */
export async function askPassword(prompt: string, show: (text: string) => void): Promise<string> {
  const { stdin } = process;
  if (!stdin.isTTY) {
    throw new Refusal(
      'cannot perform password login without a terminal\n\tunderlying reader is not a terminal',
    );
  }
  stdin.setRawMode(true);
  show(prompt);
  stdin.setEncoding('utf8');
  let typed = '';
  try {
    for await (const chunk of stdin as AsyncIterable<string>) {
      if (chunk.includes(interrupt)) throw new Refusal('context canceled');
      typed += chunk;
      if (enter.test(typed)) break;
    }
  } finally {
    stdin.setRawMode(false);
    stdin.destroy();
    show('\n');
  }
  let line = '';
  for (const key of typed.split(enter)[0] ?? '') line = key === '\x7f' ? line.slice(0, -1) : line + key;
  return line;
}
