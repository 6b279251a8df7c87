// Prints the space of its process, the environment of its programs, and its folder of private homes as JSON.
import { cleanEnvironment } from '../../../src/teleport/environment/environment.ts';
import { runtimeFolder } from '../../../src/teleport/process/ownFolder.ts';
import { readProcessSpace } from '../../../src/teleport/process/processSpace.ts';

const space = await readProcessSpace(process.env);
const env = await cleanEnvironment(process.env, ['/workspace']);
process.stdout.write(JSON.stringify({ space, env, root: runtimeFolder(process.env) }));
