// Prints the space of its process as JSON.
import { readProcessSpace } from '../../../src/teleport/process/processSpace.ts';

process.stdout.write(JSON.stringify(await readProcessSpace(process.env)));
