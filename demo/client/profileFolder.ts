// Reads and writes the profiles and logins in a home (TELEPORT_HOME), in the layout of tsh.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decode, emptyCertificate, encode, type Certificate } from '../server/certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { pause, type State } from '../server/serverState.ts';

/** The pause between truncating a file and writing it when a login is re-issued, in ms. */
const writeGap = 8;

/** A profile in a home. */
export interface StoredProfile {
  /** The host of the proxy, which names the files of the profile. */
  readonly host: string;
  /** host:port */
  readonly proxy: string;
  readonly user: string;
  readonly cluster: string;
}

/** A profile with its certificate. */
export interface StoredLogin {
  readonly profile: StoredProfile;
  readonly certificate: Certificate;
  /** The certificate as stored on disk. Empty for a profile without keys. */
  readonly certificateText: string;
}

const read = (...path: string[]): string | undefined => {
  try {
    return readFileSync(join(...path), 'utf8');
  } catch {
    return undefined;
  }
};

/** The paths of the files of a login. */
interface Files {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly tlsCertificate: string;
  readonly tlsKey: string;
  readonly sshCertificate: string;
}

function filesOf(home: string, { host, user, cluster }: StoredProfile): Files {
  const keys = join(home, 'keys', host);
  return {
    privateKey: join(keys, user),
    publicKey: join(keys, `${user}.pub`),
    tlsCertificate: join(keys, `${user}.crt`),
    tlsKey: join(keys, `${user}.key`),
    sshCertificate: join(keys, `${user}-ssh`, `${cluster}-cert.pub`),
  };
}

/** The folder for a profile's kubeconfigs and kubectl credentials. Re-issuing the login removes it. */
export const kubeFolder = (home: string, { host, user }: StoredProfile): string =>
  join(home, 'keys', host, `${user}-kube`);

/**
 * The lock file of a sign-in that `kube credentials` started. When nobody completes the sign-in, the file
 * stays, and `kube credentials` does not ask again until the next login removes it.
 */
export const reloginLock = (home: string, host: string): string =>
  join(home, 'keys', host, 'kube_credentials.lock');

/** Reads the current profile, or the profile of a proxy's host. Returns undefined when it does not exist. */
export function readProfile(
  home: string,
  host = read(home, 'current-profile')?.trim(),
): StoredProfile | undefined {
  const yaml = host ? read(home, `${host}.yaml`) : undefined;
  if (!host || !yaml) return undefined;
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(yaml)?.[1] ?? '';
  return { host, proxy: field('web_proxy_addr'), user: field('user'), cluster: field('cluster') };
}

/** Reads every profile in a home. */
export const readProfiles = (home: string): StoredProfile[] =>
  namesIn(home).flatMap((name) => readProfile(home, /^(.*)\.yaml$/.exec(name)?.[1] ?? '') ?? []);

/** Makes a profile the current one. */
export function selectProfile(home: string, { host }: StoredProfile): void {
  if (read(home, 'current-profile')?.trim() === host) return;
  writeFileSync(join(home, 'current-profile'), `${host}\n`, { mode: 0o600 });
}

/**
 * Reads the login of a profile, by default of the current one. Returns undefined without a profile, and a
 * login with an empty certificate text when the keys were removed and the profile stayed.
 * @throws Refusal when files are missing or do not match. This happens to a real tsh too while another
 * program rewrites the files.
 */
export function readLogin(home: string, profile = readProfile(home)): StoredLogin | undefined {
  if (!profile) return undefined;
  const files = filesOf(home, profile);
  const text = read(files.sshCertificate);
  if (text === undefined && read(files.privateKey) === undefined) {
    const { user, cluster } = profile;
    return { profile, certificate: { ...emptyCertificate, user, cluster }, certificateText: '' };
  }
  const certificate = text === undefined ? undefined : decode(text);
  if (text === undefined || !certificate) throw new Refusal('Not logged in.');
  const pair = [files.privateKey, files.publicKey, files.tlsKey].map(
    (file) => read(file)?.trim().split(' ')[1],
  );
  if (pair.some((key) => key !== certificate.key)) {
    throw new Refusal('the given private and public keys do not form a valid keypair');
  }
  return { profile, certificate, certificateText: text };
}

/** Writes a new login into a home. The home may be missing, and other files in it stay. */
export function writeLogin(home: string, state: State, certificate: Certificate): void {
  const profile = profileOf(state, certificate);
  const { host, cluster } = profile;
  const files = filesOf(home, profile);
  const folders = [join(home, 'keys', host, 'cas'), dirname(files.sshCertificate)];
  for (const folder of [home, ...folders]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = `demo certificate authority of ${cluster}\n`;
  writeFileSync(join(home, 'known_hosts'), `@cert-authority *.${cluster} ${authority}`, { mode: 0o600 });
  writeFileSync(join(home, 'keys', host, 'cas', `${cluster}.pem`), authority, { mode: 0o600 });
  writeFileSync(join(home, 'keys', host, 'certs.pem'), authority, { mode: 0o600 });
  for (const [path, text] of keyFiles(files, state, certificate)) writeFileSync(path, text, { mode: 0o600 });
  rmSync(reloginLock(home, host), { force: true });
  writeProfile(home, profile);
}

/** Writes a re-issued certificate as tsh does: one file after the other, in place and without a lock. */
export function rewriteLogin(home: string, state: State, certificate: Certificate): void {
  const profile = profileOf(state, certificate);
  const files = filesOf(home, profile);
  writeProfile(home, profile);
  mkdirSync(dirname(files.sshCertificate), { recursive: true, mode: 0o700 });
  rmSync(kubeFolder(home, profile), { recursive: true, force: true });
  for (const [path, text] of keyFiles(files, state, certificate)) {
    writeFileSync(path, '', { mode: 0o600 });
    pause(writeGap);
    writeFileSync(path, text, { mode: 0o600 });
  }
}

function keyFiles(files: Files, state: State, certificate: Certificate): [string, string][] {
  const text = encode(certificate, state.secret);
  return [
    [files.privateKey, `demo-private-key ${certificate.key}\n`],
    [files.publicKey, `demo-public-key ${certificate.key}\n`],
    [files.tlsKey, `demo-tls-key ${certificate.key}\n`],
    [files.tlsCertificate, text],
    [files.sshCertificate, text],
  ];
}

/** Writes the file of a profile and makes this profile the current one. */
function writeProfile(home: string, profile: StoredProfile): void {
  const { host, user, cluster, proxy } = profile;
  const fields = {
    web_proxy_addr: proxy,
    ssh_proxy_addr: proxy,
    kube_proxy_addr: proxy,
    auth_connector: 'local',
    user,
    cluster,
    tls_routing_enabled: true,
    private_key_policy: 'none',
  };
  const yaml = Object.entries(fields)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
  if (read(home, `${host}.yaml`) !== yaml) writeFileSync(join(home, `${host}.yaml`), yaml, { mode: 0o600 });
  selectProfile(home, profile);
}

function profileOf({ proxy }: State, { user, cluster }: Certificate): StoredProfile {
  return { host: profileHost(proxy), proxy, user, cluster };
}

/** Returns the host of `host:port` or `https://host:port`. It names the files of a profile. */
export const profileHost = (address: string): string =>
  address.replace(/^https:\/\//, '').split(':')[0] ?? '';

/** Makes the name of a new key pair. The demo stores this name in place of real keys. */
export const newKey = (): string => randomUUID();

/** Removes the keys of a login and keeps its profile. */
export function removeKeys(home: string, profile: StoredProfile): void {
  const { privateKey, publicKey, tlsCertificate, tlsKey, sshCertificate } = filesOf(home, profile);
  for (const path of [privateKey, publicKey, tlsCertificate, tlsKey, dirname(sshCertificate)]) {
    rmSync(path, { recursive: true, force: true });
  }
  rmSync(kubeFolder(home, profile), { recursive: true, force: true });
}

/** Removes every login and keeps settings and other files. Returns false when the home has no profile. */
export function removeLogins(home: string): boolean {
  const profiles = namesIn(home).filter((name) => name.endsWith('.yaml'));
  for (const name of [...profiles, 'keys', 'current-profile', 'known_hosts']) {
    rmSync(join(home, name), { recursive: true, force: true });
  }
  return profiles.length > 0;
}

function namesIn(home: string): string[] {
  try {
    return readdirSync(home);
  } catch {
    return [];
  }
}
