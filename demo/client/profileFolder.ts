// A login's home on disk (TELEPORT_HOME), laid out as tsh lays it out.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decode, encode, type Certificate } from '../server/certificate.ts';
import { Refusal } from '../cli/refusal.ts';
import { pause, type State } from '../server/serverState.ts';

/** Between truncating a file and filling it when a login is re-issued, in ms. */
const writeGap = 8;

/** The profile a home names as current. */
export interface StoredProfile {
  /** The host alone: names the files. */
  readonly host: string;
  /** host:port */
  readonly proxy: string;
  readonly user: string;
  readonly cluster: string;
}

/** A profile with the certificate in it. */
export interface StoredLogin {
  readonly profile: StoredProfile;
  readonly certificate: Certificate;
  /** The certificate as it lies on disk. */
  readonly text: string;
}

const read = (...path: string[]): string | undefined => {
  try {
    return readFileSync(join(...path), 'utf8');
  } catch {
    return undefined;
  }
};

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

/** Where a profile keeps what kubectl is given; emptied when the login is re-issued. */
export const kubeFolder = (home: string, { host, user }: StoredProfile): string =>
  join(home, 'keys', host, `${user}-kube`);

/** Left by a sign-in that `kube credentials` asked for and nobody did: until the next login it does not ask again. */
export const reloginLock = (home: string, host: string): string =>
  join(home, 'keys', host, 'kube_credentials.lock');

/** The current profile or the one of a proxy's host; undefined where there is none. */
export function readProfile(
  home: string,
  host = read(home, 'current-profile')?.trim(),
): StoredProfile | undefined {
  const yaml = host ? read(home, `${host}.yaml`) : undefined;
  if (!host || !yaml) return undefined;
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(yaml)?.[1] ?? '';
  return { host, proxy: field('web_proxy_addr'), user: field('user'), cluster: field('cluster') };
}

/** Every profile in a home, by host. */
export const readProfiles = (home: string): StoredProfile[] =>
  namesIn(home).flatMap((name) => readProfile(home, /^(.*)\.yaml$/.exec(name)?.[1] ?? '') ?? []);

/** Makes a profile the current one. */
export function selectProfile(home: string, { host }: StoredProfile): void {
  if (read(home, 'current-profile')?.trim() === host) return;
  writeFileSync(join(home, 'current-profile'), `${host}\n`, { mode: 0o600 });
}

/**
 * The login of a profile, the current one unless another is given; undefined when there is none. Where the keys
 * were removed and the profile stayed it has no text. While another program rewrites the files they may be
 * missing or not fit together; then it fails as a real tsh does.
 */
export function readLogin(home: string, profile = readProfile(home)): StoredLogin | undefined {
  if (!profile) return undefined;
  const files = filesOf(home, profile);
  const text = read(files.sshCertificate);
  if (text === undefined && read(files.privateKey) === undefined) return withoutKeys(profile);
  const certificate = text === undefined ? undefined : decode(text);
  if (text === undefined || !certificate) throw new Refusal('Not logged in.');
  const pair = [files.privateKey, files.publicKey, files.tlsKey].map(
    (file) => read(file)?.trim().split(' ')[1],
  );
  if (pair.some((key) => key !== certificate.key)) {
    throw new Refusal('the given private and public keys do not form a valid keypair');
  }
  return { profile, certificate, text };
}

function withoutKeys(profile: StoredProfile): StoredLogin {
  const { user, cluster } = profile;
  const nothing = { roles: [], requests: [], resources: [], logins: [], kubernetesGroups: [] };
  return {
    profile,
    certificate: { user, cluster, ...nothing, validUntil: 0, issued: 0, key: '' },
    text: '',
  };
}

/** Writes a fresh login into a home that may be empty or hold other things. */
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

/** Writes a re-issued certificate as tsh does: file after file, in place, and with nobody kept out. */
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

/** Describes a profile and makes it the current one. */
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

/** The host of `host:port` or `https://host:port`, which names a profile's files. */
export const profileHost = (address: string): string =>
  address.replace(/^https:\/\//, '').split(':')[0] ?? '';

/** A new key pair's name. */
export const newKey = (): string => randomUUID();

/** Removes the keys of one login; its profile stays. */
export function removeKeys(home: string, profile: StoredProfile): void {
  const { privateKey, publicKey, tlsCertificate, tlsKey, sshCertificate } = filesOf(home, profile);
  for (const path of [privateKey, publicKey, tlsCertificate, tlsKey, dirname(sshCertificate)]) {
    rmSync(path, { recursive: true, force: true });
  }
  rmSync(kubeFolder(home, profile), { recursive: true, force: true });
}

/** Removes every login; settings and other files stay. False when there was none. */
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
