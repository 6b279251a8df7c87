import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from './build.ts';
import { openDesktop, useDesktop } from './hosts/desktop.ts';
import { installExtension } from './hosts/installExtension.ts';
import {
  readCluster,
  createDemoCluster,
  freshFolder,
  type TestPerson,
  removeFolder,
  setUpPerson,
} from './hosts/people.ts';
import { type Server, startServer } from './hosts/server.ts';

/** Picks a requester, a reviewer and an administrator from the users of a cluster, demo or real. */
function chooseUsers(homes: Readonly<Record<string, string>>): {
  asks: string;
  reviews: string;
  admin: string;
} {
  return { asks: 'alice', reviews: homes['rita'] ? 'rita' : 'ana', admin: homes['eve'] ? 'eve' : 'ana' };
}

const firstSteps = (asks: string, reviews: string): string =>
  `In ${asks}'s window press F1 and type "JIT Access: Request Access".\n` +
  `The request then waits in ${reviews}'s window, in JIT Access in the activity bar.`;

/**
 * The first steps on a cluster where requests are not set up. A user can approve
 * only with a role that allows it, and roles are assigned with tctl.
 */
const firstStepsBefore = (asks: string, reviews: string, admin: string): string =>
  `In dev-team everybody, also ${asks}, is administrator of Kubernetes all the time.\n` +
  `In ${admin}'s window press F1 and type "JIT Access: Check Standing Privileges": it says so.\n` +
  `Then "JIT Access: Set Up Roles" and "JIT Access: Apply Roles", and check again.\n` +
  (reviews === admin
    ? `Give ${admin} the approver's role you made, in a terminal of that window, and sign in again:\n` +
      `  tctl users update ${admin} --set-roles=editor,<the role>\n`
    : '') +
  firstSteps(asks, reviews);

/** Starts a VS Code server for one user, with the extension installed. */
async function serve(person: TestPerson): Promise<Server> {
  const installed = join(person.userData, 'extensions');
  await installExtension(installed);
  const { workspace: folder, userData, env } = person;
  return startServer({ release: 'newest', folder, userData, installed, env });
}

/** Prints the address of each user's window, for any browser, and serves until Ctrl-C. */
async function inBrowser(people: readonly TestPerson[]): Promise<void> {
  const servers = await Promise.all(people.map(serve));
  const width = Math.max(...people.map(({ name }) => name.length));
  servers.forEach((server, index) => console.log(`  ${people[index]?.name.padEnd(width)}  ${server.url()}`));
  console.log('\nOpen the addresses in a browser on this machine. Ctrl-C ends everything and removes it.');
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await Promise.all(servers.map((server) => server.stop()));
}

/**
 * `npm start`: opens VS Code for a requester and a reviewer, on a demo cluster or on the cluster of the file
 * that --cluster names. With --before it also opens VS Code for an administrator, and the demo cluster has no
 * requests set up.
 */
export async function main(args: readonly string[]): Promise<number> {
  const options = {
    cluster: { type: 'string' },
    before: { type: 'boolean', default: false },
    edition: { type: 'string', default: 'enterprise' },
    version: { type: 'string' },
  } as const;
  const { before, version, edition, ...values } = parseArgs({ args: [...args], options }).values;
  if (edition !== 'enterprise' && edition !== 'community') throw new Error(`There is no edition ${edition}.`);
  await buildExtension();
  const folder = await freshFolder();
  try {
    const cluster = values.cluster
      ? await readCluster(values.cluster)
      : await createDemoCluster(folder, edition, { before, ...(version ? { version } : {}) });
    const { asks, reviews, admin } = chooseUsers(cluster.homes);
    const names = new Set([...(before ? [admin] : []), asks, reviews]);
    const people = await Promise.all([...names].map((name) => setUpPerson(folder, cluster, name)));
    console.log(`\nJIT Access for Teleport, on ${values.cluster ?? 'a demo cluster'}.\n`);
    console.log(`${before ? firstStepsBefore(asks, reviews, admin) : firstSteps(asks, reviews)}\n`);
    await (useDesktop() ? openDesktop(people) : inBrowser(people));
  } finally {
    await removeFolder(folder);
  }
  return 0;
}
