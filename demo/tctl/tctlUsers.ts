// The command `tctl users update`.
import { randomUUID } from 'node:crypto';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { requirePermission } from '../server/authorization.ts';
import { connectTctl } from '../client/session.ts';
import { changeState, current, putResource } from '../server/serverState.ts';

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

/** The command `tctl users update`. */
export const userCommands: readonly Command[] = [usersUpdate];
