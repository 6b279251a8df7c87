// The commands `tctl bots …`.
import { randomBytes, randomUUID } from 'node:crypto';
import { createBot, removeBot } from '../kinds/bots.ts';
import type { Command } from '../client/command.ts';
import { headedTable } from '../cli/goFormat.ts';
import { requirePermission } from '../server/authorization.ts';
import { textIn, textsIn } from '../resources/resource.ts';
import { connectTctl } from '../client/session.ts';
import { changeState, listed, putResource } from '../server/serverState.ts';
import { resourceFormat, resourceJson } from './resourceOutput.ts';

const hiddenFormat = { ...resourceFormat, hidden: true };
const split = (text = ''): string[] => text.split(',').filter(Boolean);

const list: Command = {
  words: ['bots', 'ls'],
  help: 'List all certificate renewal bots registered with the cluster.',
  flags: [hiddenFormat],
  run(session) {
    const { certificate, state } = connectTctl(session);
    requirePermission(state, certificate, ['list'], 'bot');
    const bots = listed(state.bots);
    if (session.flags.text('format') === 'json') session.out(resourceJson(bots));
    else if (!bots.length) session.out('No bots found\n');
    else {
      const rows = bots.map(({ metadata, spec, status }) => [
        metadata.name,
        textIn(status, 'user_name'),
        textsIn(spec, 'roles').join(','),
      ]);
      session.out(`${headedTable(['Bot', 'User', 'Roles'], rows)}\n`);
    }
  },
};

/** The lifetime of a join token that `tctl bots add` prints, in minutes. */
const tokenMinutes = 60;

const add: Command = {
  words: ['bots', 'add'],
  help: 'Add a new certificate renewal bot to the cluster.',
  flags: [
    { name: 'roles', help: 'Roles the bot is able to assume.' },
    { name: 'ttl', kind: 'duration', help: 'TTL for the bot join token.' },
    { name: 'token', help: 'Name of an existing token to use.' },
    hiddenFormat,
    { name: 'logins', kind: 'list', help: 'List of allowed SSH logins for the bot user' },
  ],
  args: [{ name: 'name', help: 'A name to uniquely identify this bot in the cluster.', required: true }],
  run(session) {
    const { flags } = session;
    const { certificate } = connectTctl(session);
    const [name = ''] = flags.args;
    const logins = flags.list('logins').flatMap(split);
    const token = flags.text('token') ?? randomBytes(16).toString('hex');
    changeState(session.dir, (state) => {
      requirePermission(state, certificate, ['create', 'update'], 'token');
      requirePermission(state, certificate, ['create'], 'bot');
      createBot(
        state,
        {
          metadata: { name },
          spec: { roles: split(flags.text('roles')), traits: [{ name: 'logins', values: logins }] },
        },
        { creator: certificate.user, now: session.now(), force: false },
      );
      putResource(state.tokens, token, {
        kind: 'token',
        version: 'v2',
        metadata: { name: token, revision: randomUUID() },
        spec: { roles: ['Bot'], join_method: 'token', bot_name: name },
      });
    });
    // The real tctl then prints instructions for starting the bot. The demo omits them.
    session.out(`The bot token: ${token}\nThis token will expire in ${tokenMinutes} minutes.\n`);
  },
};

const remove: Command = {
  words: ['bots', 'rm'],
  help: 'Permanently remove a certificate renewal bot from the cluster.',
  args: [{ name: 'name', help: 'Name of an existing bot to remove.', required: true }],
  run(session) {
    const { certificate } = connectTctl(session);
    const [name = ''] = session.flags.args;
    changeState(session.dir, (state) => {
      requirePermission(state, certificate, ['delete'], 'bot');
      removeBot(state, name);
    });
    session.out(`Bot "${name}" deleted successfully.\n`);
  },
};

/** The commands `tctl bots …`. */
export const botCommands: readonly Command[] = [list, add, remove];
