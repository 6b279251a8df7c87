// The commands `tctl acl …`.
import { accessListKind, requireAccessLists, newMember } from '../kinds/accessLists.ts';
import type { FlagSpec } from '../cli/kingpinParser.ts';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { headedTable, utcRfc3339 } from '../cli/goFormat.ts';
import { memberKinds, membersOf } from '../server/accessListMembership.ts';
import { textIn, type StoredItem } from '../resources/resource.ts';
import { connectTctl, type Session } from '../client/session.ts';
import { changeState, putMember, type State } from '../server/serverState.ts';
import { printResources, resourceFormat, resourceJson } from './resourceOutput.ts';

const listArgument = { name: 'access-list-name', help: 'The Access List name.', required: true } as const;
const hiddenFormat: FlagSpec = { ...resourceFormat, hidden: true };

/** Returns all access lists, or only the named one. @throws Refusal when the caller may not see them. */
function readLists(session: Session, name?: string): readonly StoredItem[] {
  const { certificate, state } = connectTctl(session);
  accessListKind.checkAccess?.(state, certificate, ['list', 'read']);
  return accessListKind.get(state, session.now(), name);
}

const list: Command = {
  words: ['acl', 'ls'],
  help: 'List cluster access lists.',
  flags: [hiddenFormat],
  run: (session) => printResources(session, readLists(session)),
};

const get: Command = {
  words: ['acl', 'get'],
  help: 'Get detailed information for an access list.',
  flags: [hiddenFormat],
  args: [listArgument],
  run: (session) => printResources(session, readLists(session, session.flags.args[0] ?? '')),
};

const members: Command = {
  words: ['acl', 'users', 'ls'],
  help: 'List users that are members of an access list.',
  flags: [hiddenFormat],
  args: [listArgument],
  run(session) {
    const [name = ''] = session.flags.args;
    const { state } = connectTctl(session);
    readLists(session, name);
    const listMembers = membersOf(state, name);
    if (session.flags.text('format') === 'json') session.out(resourceJson(listMembers));
    else if (!listMembers.length) session.out(`No members found for access list ${name}`);
    else {
      const rows = listMembers.map(({ spec }) => [
        textIn(spec, 'name'),
        spec['membership_kind'] === memberKinds.list ? 'Access List' : 'User',
      ]);
      session.out(`${headedTable(['Member', 'Type'], rows)}\n`);
    }
  },
};

const memberArgument = { name: 'user', help: 'The user to add to the access list.', required: true } as const;

/**
 * Changes the members of an access list.
 * @throws Refusal when the caller may not, or when the list does not exist.
 */
function changeMembers(session: Session, write: (state: State, list: string, name: string) => void): void {
  const { certificate } = connectTctl(session);
  const [name = '', user = ''] = session.flags.args;
  changeState(session.dir, (state) => {
    accessListKind.checkAccess?.(state, certificate, ['create', 'update']);
    accessListKind.get(state, session.now(), name);
    write(state, name, user);
  });
}

const add: Command = {
  words: ['acl', 'users', 'add'],
  help: 'Add a user to an access list.',
  flags: [{ name: 'kind', help: "Access list member kind: 'user' or 'list'" }],
  args: [
    listArgument,
    memberArgument,
    { name: 'expires', help: "When the user's access expires (must be in RFC3339)." },
    { name: 'reason', help: 'The reason the user has been added to the access list.' },
  ],
  run(session) {
    const { certificate } = connectTctl(session);
    const [name = '', user = '', expires, reason = ''] = session.flags.args;
    const kind = session.flags.text('kind') === 'list' ? 'list' : 'user';
    changeMembers(session, (state) => {
      const membership = {
        kind,
        joined: utcRfc3339(session.now()),
        ...(expires ? { expires } : {}),
      } as const;
      putMember(state, name, user, newMember(name, user, membership, { by: certificate.user, reason }));
    });
    session.out(`successfully added user ${user} to access list ${name}`);
  },
};

const remove: Command = {
  words: ['acl', 'users', 'rm'],
  help: 'Remove a user from an access list.',
  args: [listArgument, memberArgument],
  run(session) {
    changeMembers(session, (state, name, user) => {
      requireAccessLists(state);
      if (!membersOf(state, name).some(({ spec }) => spec['name'] === user)) {
        throw new Refusal(`access_list_member "${user}" doesn't exist`);
      }
      putMember(state, name, user, undefined);
    });
    const [name = '', user = ''] = session.flags.args;
    session.out(`successfully removed user ${user} from access list ${name}\n`);
  },
};

/** The commands `tctl acl …`. */
export const accessListCommands: readonly Command[] = [list, get, members, add, remove];
