// Another window that requests a role: `queuedCaller.ts TSH HOME RUNTIME_FOLDER`. Prints `ready`, waits for a
// line of input, creates a request, reads it again and prints it.
import { once } from 'node:events';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { Home } from '../../../src/teleport/home/home.ts';
import { Tsh } from '../../../src/teleport/commands/tsh.ts';
import { HomeLocks } from '../../../src/teleport/lock/homeLocks.ts';
import { loadRun, testClient } from '../testClient.ts';

const [program = '', folder = '', runtime = ''] = process.argv.slice(2);
const env = { ...process.env, XDG_RUNTIME_DIR: runtime };
const tsh = new Tsh(testClient(program, { env }));
const home = new Home(folder, undefined, new HomeLocks(env, loadRun));
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const reason = `asked by ${String(process.pid)}`;
const id = await tsh.create(home, { roles: [untrusted('kube-admin')], reason, minutes: 60, reviewers: [] });
const request = await tsh.show(home, id);
process.stdout.write(`${JSON.stringify({ id, user: request.user, reason: request.reason })}\n`);
process.exit();
