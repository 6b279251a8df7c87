// The ssh-agent: tsh puts the login's key into it unless told not to, and there it outlives the login.
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Session } from './session.ts';
import type { Command } from './command.ts';
import { readLogin, readProfile, type StoredLogin } from './profileFolder.ts';

/** Message numbers of the agent's protocol (draft-miller-ssh-agent). */
const message = { list: 11, listed: 12, add: 17, remove: 18 } as const;

const keyType = 'ssh-ed25519';
/** An ed25519 private key in PKCS #8 without its 32 bytes. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Commands that make no client: they read the disk only, `kube credentials` mostly. */
const withoutClient = ['status', 'version', 'logout', 'kube credentials'];

/**
 * Puts the key of the login in the session's home into the running agent, in the place of an older one of the
 * same login. Without an agent, without a login or when told not to nothing happens; what goes wrong is no failure
 * of tsh.
 */
export async function keepInAgent(session: Session, command: Command): Promise<void> {
  if (withoutClient.includes(command.words.join(' '))) return;
  const socketPath = agentOf(session);
  const login = loginOf(session);
  if (socketPath === undefined || !login) return;
  await withAgent(socketPath, async (agent) => {
    const comment = commentOf(login);
    await removeKeys(agent, (each) => each === comment);
    const { key, secret } = keyPairOf(login.text);
    await agent.ask(
      message.add,
      text(keyType),
      bytes(key),
      bytes(Buffer.concat([secret, key])),
      text(comment),
    );
  });
}

/** Takes every key of a login of ours out, as signing out does. */
export async function leaveAgent(session: Session): Promise<void> {
  const socketPath = agentOf(session);
  if (socketPath === undefined) return;
  await withAgent(socketPath, (agent) => removeKeys(agent, (comment) => comment.startsWith('teleport:')));
}

/** The agent's socket, unless `--add-keys-to-agent=no` or the environment's word for it. */
function agentOf({ env, flags }: Session): string | undefined {
  const mode = flags.text('add-keys-to-agent') ?? env['TELEPORT_ADD_KEYS_TO_AGENT'];
  return mode === 'no' ? undefined : env['SSH_AUTH_SOCK'] || undefined;
}

function loginOf({ home }: Session): StoredLogin | undefined {
  try {
    return readProfile(home) && readLogin(home);
  } catch {
    return undefined;
  }
}

/** Which login a key in the agent belongs to. */
const commentOf = ({ profile: { host, cluster, user } }: StoredLogin): string =>
  `teleport:${host}:${cluster}:${user}`;

/** The ed25519 key that stands for a certificate: another certificate, another key. */
function keyPairOf(certificate: string): { readonly key: Buffer; readonly secret: Buffer } {
  const secret = createHash('sha256').update(certificate).digest();
  const privateKey = createPrivateKey({
    key: Buffer.concat([pkcs8Head, secret]),
    format: 'der',
    type: 'pkcs8',
  });
  const key = createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).subarray(-32);
  return { key, secret };
}

/** One conversation with an agent. */
interface Agent {
  /** Sends a message; resolves to the answer's number and content. */
  ask(kind: number, ...content: readonly Buffer[]): Promise<{ readonly kind: number; readonly body: Buffer }>;
}

async function withAgent(path: string, talk: (agent: Agent) => Promise<void>): Promise<void> {
  const socket = connect(path);
  try {
    await new Promise((done, fail) => socket.once('connect', done).once('error', fail));
    await talk({ ask: (kind, ...content) => ask(socket, kind, content) });
  } catch {
    // tsh goes on without its agent.
  } finally {
    socket.destroy();
  }
}

function ask(socket: Socket, kind: number, content: readonly Buffer[]): ReturnType<Agent['ask']> {
  return new Promise((done, fail) => {
    let got = Buffer.alloc(0);
    const take = (chunk: Buffer): void => {
      got = Buffer.concat([got, chunk]);
      if (got.length < 5 || got.length < 4 + got.readUInt32BE(0)) return;
      socket.off('data', take);
      done({ kind: got.readUInt8(4), body: got.subarray(5) });
    };
    socket.on('data', take).once('error', fail);
    socket.once('close', () => fail(new Error('the agent left')));
    socket.write(bytes(Buffer.concat([Buffer.from([kind]), ...content])));
  });
}

/** Removes the keys whose comment is wanted away. */
async function removeKeys(agent: Agent, isGone: (comment: string) => boolean): Promise<void> {
  const { kind, body } = await agent.ask(message.list);
  if (kind !== message.listed) return;
  let at = 4;
  const next = (): Buffer => {
    const length = body.readUInt32BE(at);
    const field = body.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return field;
  };
  for (let left = body.readUInt32BE(0); left > 0; left -= 1) {
    const blob = next();
    if (isGone(next().toString())) await agent.ask(message.remove, bytes(blob));
  }
}

/** A string of the protocol: length and content. */
function bytes(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

const text = (content: string): Buffer => bytes(Buffer.from(content));
