// The commands `tctl users …`.
import { randomUUID } from 'node:crypto';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { headedTable } from '../cli/goFormat.ts';
import { requirePermission } from '../server/authorization.ts';
import { textsIn } from '../resources/resource.ts';
import { connectTctl } from '../client/session.ts';
import { changeState, current, listed, putResource } from '../server/serverState.ts';
import { resourceFormat, resourceJson } from './resourceOutput.ts';

const usersLs: Command = {
  words: ['users', 'ls'],
  help: 'List all user accounts.',
  flags: [{ ...resourceFormat, hidden: true }],
  run(session) {
    const { certificate, state } = connectTctl(session);
    requirePermission(state, certificate, ['list', 'read'], 'user');
    const users = listed(state.users);
    if (session.flags.text('format') === 'json') session.out(resourceJson(users));
    else {
      const rows = users.map(({ metadata, spec }) => [metadata.name, textsIn(spec, 'roles').join(',')]);
      session.out(headedTable(['User', 'Roles'], rows));
    }
  },
};

const usersUpdate: Command = {
  words: ['users', 'update'],
  help: 'Update user account.',
  flags: [
    { name: 'set-roles', kind: 'list', help: 'List of roles for the user to assume, replaces current roles' },
  ],
  args: [{ name: 'account', help: 'Teleport user account name', required: true }],
  run(session) {
    const { certificate } = connectTctl(session);
    const [name = ''] = session.flags.args;
    const roles = session.flags
      .list('set-roles')
      .flatMap((value) => value.split(','))
      .filter(Boolean);
    changeState(session.dir, (state) => {
      requirePermission(state, certificate, ['update'], 'user');
      const user = current(state.users).find(({ metadata }) => metadata.name === name);
      if (!user) throw new Refusal(`user "${name}" not found`);
      const unknown = roles.find(
        (role) => !current(state.roles).some(({ metadata }) => metadata.name === role),
      );
      if (unknown !== undefined) throw new Refusal(`role ${unknown} is not found`);
      putResource(state.users, name, {
        ...user,
        metadata: { ...user.metadata, revision: randomUUID() },
        spec: { ...user.spec, roles },
      });
    });
    session.out(`User ${name} has been updated:\n\tNew roles: ${roles.join(',')}\n`);
  },
};

/** The commands `tctl users …`. */
export const userCommands: readonly Command[] = [usersLs, usersUpdate];
