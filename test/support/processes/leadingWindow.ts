// Another window: `window.ts SEAT`. Prints `leads` and `follows` when it begins to.
import { WindowHeartbeat } from '../../../src/state/windows/windowHeartbeat.ts';
import { WindowElection } from '../../../src/state/windows/windowElection.ts';

const [path = ''] = process.argv.slice(2);
const say = (word: string): boolean => process.stdout.write(`${word}\n`);
const windows = new WindowElection({
  seat: () => Promise.resolve(path),
  heartbeat: new WindowHeartbeat(() => Promise.resolve()),
  report: (error) => console.error(error),
});
windows.onFollower((follower) => follower.send({ kind: 'nothing' }));
windows.onChange(() => {
  if (windows.leads) say('leads');
  else if (windows.leader) say('follows');
});
windows.start();
process.stdin.on('end', () => process.exit()).resume();
