// A window that was opened from an elevated terminal: `insideHome.ts HOME` with the home in its environment.
// Starts a program as its extensions do, and prints what it would end there as JSON.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homeProcesses } from '../../../src/teleport/process/processes.ts';
import { loadRun } from '../testClient.ts';

const child = spawn('/bin/sleep', ['1000'], { stdio: 'ignore' });
await once(child, 'spawn');
process.stdout.write(JSON.stringify(await homeProcesses(process.argv[2] ?? '', [], loadRun)));
child.kill('SIGKILL');
process.exit();
