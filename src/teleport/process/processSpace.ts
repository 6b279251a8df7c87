import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { accountId, accountName } from '../environment/account.ts';
import type { Environment } from '../environment/environment.ts';
import { isRunning, type ProcessId } from './processId.ts';
import { ensureOwnFolder, folderOfUser, lastingSecret, neutralFolder, runtimeFolder } from './ownFolder.ts';

/**
 * Where process ids and private homes of a record are valid. Several machines may share the folder of the
 * records: a home folder on NFS, the volume of a dev container. Each part is compared by itself.
 */
export const processSpaceSchema = v.object({
  /** The machine, or the container: a hash, so that the id of the machine stays unknown. */
  machine: v.string(),
  /** Linux: the boot, because the stamps of processes count from it. Empty elsewhere. */
  boot: v.string(),
  /** Linux: the namespace of the process ids. Empty elsewhere. */
  pids: v.string(),
  /** The account of the operating system. */
  user: v.string(),
  /** The name of the machine. A label that is shown, never compared. */
  host: v.string(),
});

/** See `processSpaceSchema`. */
export type ProcessSpace = v.InferOutput<typeof processSpaceSchema>;

/**
 * How what was recorded relates to this process. `earlier`: the same machine before its last start, so none of
 * the processes can run. `otherPids`: the same machine and boot, but another namespace, so it cannot be seen
 * whether the processes run: a container that was started again, or two that share a folder.
 */
export type SpaceRelation = 'same' | 'earlier' | 'otherPids' | 'otherUser' | 'otherMachine';

/** Compares machine, account, boot and namespace of the process ids, each by itself. */
export function relationOf(recorded: ProcessSpace, here: ProcessSpace): SpaceRelation {
  if (recorded.machine !== here.machine) return 'otherMachine';
  if (recorded.user !== here.user) return 'otherUser';
  if (recorded.boot !== here.boot) return 'earlier';
  return recorded.pids === here.pids ? 'same' : 'otherPids';
}

/**
 * Whether a recorded process has certainly ended. Of another machine, account or namespace that is not known.
 * @param relation how the record relates to this process
 */
export const hasEndedFor = async (relation: SpaceRelation, recorded: ProcessId): Promise<boolean> =>
  relation === 'earlier' || (relation === 'same' && !(await isRunning(recorded)));

let known: Promise<ProcessSpace> | undefined;

/** The space of this process. It is read once. */
export const processSpace = (env: Environment): Promise<ProcessSpace> => (known ??= readProcessSpace(env));

/** Reads the space of this process. */
export async function readProcessSpace(env: Environment): Promise<ProcessSpace> {
  const isLinux = process.platform === 'linux';
  const pids = isLinux ? await readlink('/proc/self/ns/pid').catch(() => '') : '';
  const boot = isLinux ? await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '') : '';
  const id = (await systemId(pids)) ?? (await ownId(env));
  const uid = accountId();
  return {
    machine: createHash('sha256').update(`jit-access machine\n${id}`).digest('hex').slice(0, 32),
    boot: boot.trim(),
    pids,
    user:
      uid < 0 ? createHash('sha256').update(`jit-access user\n${accountName()}`).digest('hex') : String(uid),
    host: hostname(),
  };
}

/** The namespace of process ids in which a Linux system starts. Its number is fixed in the kernel. */
const firstPids = 'pid:[4026531836]';

/**
 * The id that the operating system has of this machine; undefined where it has none that is this machine's alone.
 * Containers of one image often share an id, or have none, so a container has no such id.
 */
async function systemId(pids: string): Promise<string | undefined> {
  if (process.platform === 'darwin')
    return printed(
      '/usr/sbin/ioreg',
      ['-rd1', '-c', 'IOPlatformExpertDevice'],
      /"IOPlatformUUID" = "([^"]+)"/,
    );
  if (process.platform === 'win32')
    return printed(
      join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'reg.exe'),
      ['query', 'HKLM\\SOFTWARE\\Microsoft\\Cryptography', '/v', 'MachineGuid', '/reg:64'],
      /MachineGuid\s+REG_SZ\s+(\S+)/,
    );
  const isContainer =
    pids !== firstPids || ['/.dockerenv', '/run/.containerenv'].some((path) => existsSync(path));
  if (isContainer) return undefined;
  const text = await readFile('/etc/machine-id', 'utf8').catch(() => '');
  return /^[0-9a-f]{32}$/.exec(text.trim())?.[0];
}

/** What a program of the system prints. */
async function printed(
  program: string,
  args: readonly string[],
  pattern: RegExp,
): Promise<string | undefined> {
  const { run } = await import('./runProcess.ts');
  const outcome = await run(program, args, { env: {}, cwd: neutralFolder(), timeout: 5_000 });
  return outcome.kind === 'exited' ? pattern.exec(outcome.stdout)?.[1] : undefined;
}

/**
 * A random id that is kept on this machine: in /var/tmp, which lasts longer than a boot and is no part of a home
 * folder, else beside the private homes. Where it cannot be kept, there can be no private home either.
 */
async function ownId(env: Environment): Promise<string> {
  const folders = [
    // In a Flatpak it lies in the home folder.
    ...(process.platform === 'linux' && existsSync('/var/tmp') && !existsSync('/.flatpak-info')
      ? [folderOfUser('/var/tmp')]
      : []),
    runtimeFolder(env),
  ];
  for (const folder of folders) {
    try {
      await ensureOwnFolder(folder);
      return await lastingSecret(folder, 'machine');
    } catch {
      // The next folder is tried.
    }
  }
  return randomBytes(16).toString('hex');
}
