import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from './build.ts';
import { openDesktop, useDesktop } from './hosts/desktop.ts';
import { installExtension } from './hosts/install.ts';
import { clusterFrom, demoCluster, freshFolder, type Person, removeFolder, settle } from './hosts/people.ts';
import { type Server, startServer } from './hosts/server.ts';

/** Someone who asks for access and someone who may give it, in any cluster of the known format. */
function roles(homes: Readonly<Record<string, string>>): readonly [string, string] {
  return ['alice', homes['rita'] ? 'rita' : 'ana'];
}

const firstSteps = (asks: string, reviews: string): string =>
  `In ${asks}'s window press F1 and type "JIT Access: Request Access".\n` +
  `The request then waits in ${reviews}'s window, in JIT Access in the activity bar.`;

async function serve(person: Person): Promise<Server> {
  const installed = join(person.userData, 'extensions');
  await installExtension(installed);
  const { workspace: folder, userData, env } = person;
  return startServer({ which: 'newest', folder, userData, installed, env });
}

/** Both windows in browsers of the person's choice, until Ctrl-C. */
async function inBrowser(people: readonly Person[]): Promise<void> {
  const servers = await Promise.all(people.map(serve));
  const width = Math.max(...people.map(({ name }) => name.length));
  servers.forEach((server, index) => console.log(`  ${people[index]?.name.padEnd(width)}  ${server.url()}`));
  console.log('\nOpen both addresses in a browser on this machine. Ctrl-C ends everything and removes it.');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await Promise.all(servers.map((server) => server.stop()));
}

/** `npm start`: a requester's and a reviewer's VS Code on a demo cluster, or on the one that --cluster names. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { cluster: { type: 'string' } } });
  await buildExtension();
  const folder = await freshFolder();
  try {
    const cluster = values.cluster ? await clusterFrom(values.cluster) : await demoCluster(folder);
    const [asks, reviews] = roles(cluster.homes);
    const people = await Promise.all([asks, reviews].map((name) => settle(folder, cluster, name)));
    console.log(`\nJIT Access for Teleport, on ${values.cluster ?? 'a demo cluster'}.\n`);
    console.log(`${firstSteps(asks, reviews)}\n`);
    await (useDesktop() ? openDesktop(people) : inBrowser(people));
  } finally {
    await removeFolder(folder);
  }
  return 0;
}
