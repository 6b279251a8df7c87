// The command `tsh ssh`. Its session runs nothing, but opens, stays open and is cut off by locks as a real
// one.
import { createInterface } from 'node:readline';
import type { Certificate } from '../server/certificate.ts';
import type { Command } from '../client/command.ts';
import { Refusal } from '../cli/refusal.ts';
import { lockFor } from '../server/locks.ts';
import { nodesOfCertificate } from '../server/nodes.ts';
import { connect, type Session } from '../client/session.ts';
import { readState } from '../server/serverState.ts';

/** How often an open session checks for locks, in ms. */
const lockInterval = 250;

const ssh: Command = {
  words: ['ssh'],
  help: 'Run shell or execute a command on a remote SSH node.',
  args: [
    { name: '[user@]host', help: 'Remote hostname and the login to use', required: true },
    { name: 'command', help: 'Command to execute on a remote host', many: true },
  ],
  async run(session) {
    const { certificate, state } = connect(session);
    const [target = '', ...command] = session.flags.args;
    const [host = '', user = loginOf(session, certificate)] = target.split('@').toReversed();
    const node = state.nodes.find(({ name, hostname }) => host === hostname || host === name);
    if (!node) {
      throw new Refusal(
        'failed to dial target host\n\tdirect dialing to nodes not found in inventory is not supported',
      );
    }
    if (!nodesOfCertificate(state, certificate).includes(node) || !certificate.logins.includes(user)) {
      throw new Refusal(`access denied to ${user} connecting to ${node.hostname}`);
    }
    const greeting = `${user}@${node.hostname} as ${certificate.user} (${certificate.roles.join(', ')})\n`;
    session.out(greeting);
    if (!command.length) await runShell(session, certificate);
  },
};

const loginOf = ({ flags, env }: Session, { user }: Certificate): string =>
  flags.text('login') ?? (env['TELEPORT_LOGIN'] || user);

/**
 * Reads lines until `exit`. As on a real Teleport, a lock ends the session, but the end of the grant does
 * not.
 * @throws Refusal when a lock ends the session.
 */
async function runShell(session: Session, certificate: Certificate): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const lockSeen = new AbortController();
  const lockTimer = setInterval(() => {
    if (!lockFor(readState(session.dir), certificate, session.now())) return;
    lockSeen.abort();
    lines.close();
  }, lockInterval);
  try {
    for await (const line of lines) {
      if (line.trim() === 'exit') break;
      session.out('Nothing runs here: this is the demo cluster.\n');
    }
  } finally {
    clearInterval(lockTimer);
    lines.close();
    process.stdin.destroy();
  }
  if (lockSeen.signal.aborted) throw new Refusal('access denied');
}

/** The command `tsh ssh`. */
export const sshCommands: readonly Command[] = [ssh];
