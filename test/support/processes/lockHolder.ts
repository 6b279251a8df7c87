// Another process that wants a seat: `sitter.ts PATH [hurry]`. Prints `taken`, and `hurried` when somebody cannot wait;
// releases the seat at the end of its input.
import { takeLock, takeNamedPipe } from '../../../src/teleport/lock/processLock.ts';

const [path = '', hurry] = process.argv.slice(2);
const say = (word: string): boolean => process.stdout.write(`${word}\n`);
const wanting = { hurry: hurry === 'hurry', onHurry: () => say('hurried') };
const name = path.startsWith('@') ? `\0${path.slice(1)}` : undefined;
const seat = await (name === undefined ? takeLock(path, wanting) : takeNamedPipe(name, wanting));
say('taken');
process.stdin.on('end', () => seat.release()).resume();
