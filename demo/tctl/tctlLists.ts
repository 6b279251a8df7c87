// The commands `tctl acl ls`, `acl users ls` and `bots ls`.
import { accessListKind } from '../kinds/accessLists.ts';
import { botKind } from '../kinds/bots.ts';
import type { ResourceKind } from '../kinds/resourceKind.ts';
import type { Command } from '../client/command.ts';
import { membersOf } from '../server/accessListMembership.ts';
import { connectTctl } from '../client/session.ts';
import { resourceFormat, printResources } from './resourceOutput.ts';

/** A command that lists a kind of resource. */
const listing = (words: readonly string[], help: string, kind: ResourceKind): Command => ({
  words,
  help,
  flags: [resourceFormat],
  run(session) {
    const { certificate, state } = connectTctl(session);
    kind.checkAccess(state, certificate, kind.listVerbs);
    printResources(session, kind.get(state, session.now(), undefined));
  },
});

const members: Command = {
  words: ['acl', 'users', 'ls'],
  help: 'List users that are members of an access list.',
  flags: [resourceFormat],
  args: [{ name: 'access-list-name', help: 'The Access List name.', required: true }],
  run(session) {
    const [name = ''] = session.flags.args;
    const { certificate, state } = connectTctl(session);
    accessListKind.checkAccess(state, certificate, accessListKind.listVerbs);
    accessListKind.get(state, session.now(), name);
    printResources(session, membersOf(state, name));
  },
};

/** The commands of this file. */
export const listCommands: readonly Command[] = [
  listing(['acl', 'ls'], 'List cluster access lists.', accessListKind),
  members,
  listing(['bots', 'ls'], 'List all certificate renewal bots registered with the cluster.', botKind),
];
