// Keeps the key of a login in the ssh-agent, as tsh does by default. The key outlives the login there.
import { createHash, createPrivateKey, createPublicKey } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { Session } from './session.ts';
import type { Command } from './command.ts';
import { readLogin, readProfile, type StoredLogin } from './profileFolder.ts';

/** Message numbers of the agent protocol (draft-miller-ssh-agent). */
const message = { list: 11, listed: 12, add: 17, remove: 18 } as const;

const keyType = 'ssh-ed25519';
/** The PKCS #8 header of an ed25519 private key. The 32 bytes of the key follow it. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Commands that leave the agent alone, because they make no client and only read the disk. `kube credentials`
 * does so in most calls.
 */
const withoutClient = ['status', 'version', 'logout', 'kube credentials'];

/**
 * Adds the key of the current login to the running agent, and removes the older keys of this login. Does
 * nothing without an agent, without a login, or with `--add-keys-to-agent=no`. Errors of the agent are
 * ignored, because tsh does not fail on them.
 */
export async function addKeyToAgent(session: Session, command: Command): Promise<void> {
  if (withoutClient.includes(command.words.join(' '))) return;
  const socketPath = agentSocket(session);
  const login = tryReadLogin(session);
  if (socketPath === undefined || !login) return;
  await withAgent(socketPath, async (agent) => {
    const comment = commentOf(login);
    await removeKeys(agent, (each) => each === comment);
    const { key, secret } = keyPairOf(login.certificateText);
    await agent.request(
      message.add,
      text(keyType),
      bytes(key),
      bytes(Buffer.concat([secret, key])),
      text(comment),
    );
  });
}

/** Removes the keys of all Teleport logins from the agent, as `tsh logout` does. */
export async function removeKeysFromAgent(session: Session): Promise<void> {
  const socketPath = agentSocket(session);
  if (socketPath === undefined) return;
  await withAgent(socketPath, (agent) => removeKeys(agent, (comment) => comment.startsWith('teleport:')));
}

/** The socket of the agent. Undefined with `--add-keys-to-agent=no` or TELEPORT_ADD_KEYS_TO_AGENT=no. */
function agentSocket({ env, flags }: Session): string | undefined {
  const mode = flags.text('add-keys-to-agent') ?? env['TELEPORT_ADD_KEYS_TO_AGENT'];
  return mode === 'no' ? undefined : env['SSH_AUTH_SOCK'] || undefined;
}

/** The current login, undefined when there is none or its files cannot be read. */
function tryReadLogin({ home }: Session): StoredLogin | undefined {
  try {
    return readProfile(home) && readLogin(home);
  } catch {
    return undefined;
  }
}

/** The comment of a key in the agent, which names its login. */
const commentOf = ({ profile: { host, cluster, user } }: StoredLogin): string =>
  `teleport:${host}:${cluster}:${user}`;

/** Derives an ed25519 key pair from a certificate, so that every certificate has its own key. */
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

/** A connection to an agent. */
interface Agent {
  /** Sends a message and resolves to the message number and content of the answer. */
  request(
    kind: number,
    ...content: readonly Buffer[]
  ): Promise<{ readonly kind: number; readonly body: Buffer }>;
}

async function withAgent(path: string, use: (agent: Agent) => Promise<void>): Promise<void> {
  const socket = connect(path);
  try {
    await new Promise((done, fail) => socket.once('connect', done).once('error', fail));
    await use({ request: (kind, ...content) => request(socket, kind, content) });
  } catch {
    // tsh continues without its agent.
  } finally {
    socket.destroy();
  }
}

function request(socket: Socket, kind: number, content: readonly Buffer[]): ReturnType<Agent['request']> {
  return new Promise((done, fail) => {
    let received = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 5 || received.length < 4 + received.readUInt32BE(0)) return;
      socket.off('data', onData);
      done({ kind: received.readUInt8(4), body: received.subarray(5) });
    };
    socket.on('data', onData).once('error', fail);
    socket.once('close', () => fail(new Error('the agent left')));
    socket.write(bytes(Buffer.concat([Buffer.from([kind]), ...content])));
  });
}

/** Removes the keys for whose comment `isRemoved` returns true. */
async function removeKeys(agent: Agent, isRemoved: (comment: string) => boolean): Promise<void> {
  const { kind, body } = await agent.request(message.list);
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
    if (isRemoved(next().toString())) await agent.request(message.remove, bytes(blob));
  }
}

/** Encodes a string of the agent protocol: the length and the content. */
function bytes(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

const text = (content: string): Buffer => bytes(Buffer.from(content));
