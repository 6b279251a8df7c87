// `tctl acl`
import { accessListKind, demandAccessLists, newMember } from '../kinds/accessLists.ts';
import type { FlagSpec } from '../cli/kingpinParser.ts';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { headedTable, utc } from '../cli/goFormat.ts';
import { memberKinds, membersOf } from '../server/accessListMembership.ts';
import { textIn, type StoredItem } from '../resources/resource.ts';
import { connectTctl, type Session } from '../client/session.ts';
import { changeState, putMember, type State } from '../server/serverState.ts';
import { printResources, resourceFormat, resourceJson } from './resourceOutput.ts';

const named = { name: 'access-list-name', help: 'The Access List name.', required: true } as const;
const hiddenFormat: FlagSpec = { ...resourceFormat, hidden: true };

/** All lists, or the named one, for who may see them. */
function lists(session: Session, name?: string): readonly StoredItem[] {
  const { certificate, state } = connectTctl(session);
  accessListKind.permit?.(state, certificate, ['list', 'read']);
  return accessListKind.all(state, session.now(), name);
}

const list: Command = {
  words: ['acl', 'ls'],
  help: 'List cluster access lists.',
  flags: [hiddenFormat],
  run: (session) => printResources(session, lists(session)),
};

const get: Command = {
  words: ['acl', 'get'],
  help: 'Get detailed information for an access list.',
  flags: [hiddenFormat],
  args: [named],
  run: (session) => printResources(session, lists(session, session.flags.args[0] ?? '')),
};

const members: Command = {
  words: ['acl', 'users', 'ls'],
  help: 'List users that are members of an access list.',
  flags: [hiddenFormat],
  args: [named],
  run(session) {
    const [name = ''] = session.flags.args;
    const { state } = connectTctl(session);
    lists(session, name);
    const all = membersOf(state, name);
    if (session.flags.text('format') === 'json') session.out(resourceJson(all));
    else if (!all.length) session.out(`No members found for access list ${name}`);
    else {
      const rows = all.map(({ spec }) => [
        textIn(spec, 'name'),
        spec['membership_kind'] === memberKinds.list ? 'Access List' : 'User',
      ]);
      session.out(`${headedTable(['Member', 'Type'], rows)}\n`);
    }
  },
};

const member = { name: 'user', help: 'The user to add to the access list.', required: true } as const;

/** Changes who is in a list, for who may. */
function change(session: Session, put: (state: State, list: string, name: string) => void): void {
  const { certificate } = connectTctl(session);
  const [name = '', user = ''] = session.flags.args;
  changeState(session.dir, (state) => {
    accessListKind.permit?.(state, certificate, ['create', 'update']);
    accessListKind.all(state, session.now(), name);
    put(state, name, user);
  });
}

const add: Command = {
  words: ['acl', 'users', 'add'],
  help: 'Add a user to an access list.',
  flags: [{ name: 'kind', help: "Access list member kind: 'user' or 'list'" }],
  args: [
    named,
    member,
    { name: 'expires', help: "When the user's access expires (must be in RFC3339)." },
    { name: 'reason', help: 'The reason the user has been added to the access list.' },
  ],
  run(session) {
    const { certificate } = connectTctl(session);
    const [name = '', user = '', expires, reason = ''] = session.flags.args;
    const kind = session.flags.text('kind') === 'list' ? 'list' : 'user';
    change(session, (state) => {
      const about = { kind, joined: utc(session.now()), ...(expires ? { expires } : {}) } as const;
      putMember(state, name, user, newMember(name, user, about, { by: certificate.user, reason }));
    });
    session.out(`successfully added user ${user} to access list ${name}`);
  },
};

const remove: Command = {
  words: ['acl', 'users', 'rm'],
  help: 'Remove a user from an access list.',
  args: [named, member],
  run(session) {
    change(session, (state, name, user) => {
      demandAccessLists(state);
      if (!membersOf(state, name).some(({ spec }) => spec['name'] === user)) {
        throw new Refusal(`access_list_member "${user}" doesn't exist`);
      }
      putMember(state, name, user, undefined);
    });
    const [name = '', user = ''] = session.flags.args;
    session.out(`successfully removed user ${user} from access list ${name}\n`);
  },
};

export const accessListCommands: readonly Command[] = [list, get, members, add, remove];
