// Another process that wants a lock: `lockHolder.ts PATH`. Prints `taken` when it holds the lock and `urgent`
// when another process needs it urgently. Releases the lock at the end of its input.
import { takeLock, takeNamedPipe } from '../../../src/teleport/lock/processLock.ts';

const [path = ''] = process.argv.slice(2);
const print = (word: string): boolean => process.stdout.write(`${word}\n`);
const options = { onUrgentWaiter: () => print('urgent') };
const name = path.startsWith('@') ? `\0${path.slice(1)}` : undefined;
const lock = await (name === undefined ? takeLock(path, options) : takeNamedPipe(name, options));
print('taken');
process.stdin.on('end', () => lock.release()).resume();
