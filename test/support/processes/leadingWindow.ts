// Another window: `leadingWindow.ts LOCK_PATH`. Prints `leads` or `follows` when its role changes.
import { WindowHeartbeat } from '../../../src/state/windows/windowHeartbeat.ts';
import { WindowElection } from '../../../src/state/windows/windowElection.ts';

const [path = ''] = process.argv.slice(2);
const print = (word: string): boolean => process.stdout.write(`${word}\n`);
const windows = new WindowElection({
  lockPath: () => Promise.resolve(path),
  heartbeat: new WindowHeartbeat(() => Promise.resolve()),
  reportError: (error) => console.error(error),
});
windows.onDidConnectFollower((follower) => follower.send({ kind: 'nothing' }));
windows.onDidChangeRole(() => {
  if (windows.leads) print('leads');
  else if (windows.leader) print('follows');
});
windows.start();
process.stdin.on('end', () => process.exit()).resume();
