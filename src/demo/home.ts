// A login's home on disk (TELEPORT_HOME), laid out as tsh lays it out.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { decode, encode, type Certificate } from './certificate.ts';
import { Refusal } from './failure.ts';
import { pause, type State } from './state.ts';

/** Between truncating a file and filling it when a login is re-issued, in ms. */
const writeGap = 8;

/** The profile a home names as current. */
export interface Profile {
  /** The host alone: names the files. */
  readonly host: string;
  /** host:port */
  readonly proxy: string;
  readonly user: string;
  readonly cluster: string;
}

/** A profile with the certificate in it. */
export interface Login {
  readonly profile: Profile;
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

function filesOf(home: string, { host, user, cluster }: Profile): Files {
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
export const kubeFolder = (home: string, { host, user }: Profile): string =>
  join(home, 'keys', host, `${user}-kube`);

/** Left by a sign-in that `kube credentials` asked for and nobody did: until the next login it does not ask again. */
export const reloginLock = (home: string, host: string): string =>
  join(home, 'keys', host, 'kube_credentials.lock');

/** The current profile; undefined in an empty home. */
export function readProfile(home: string): Profile | undefined {
  const host = read(home, 'current-profile')?.trim();
  const yaml = host ? read(home, `${host}.yaml`) : undefined;
  if (!host || !yaml) return undefined;
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(yaml)?.[1] ?? '';
  return { host, proxy: field('web_proxy_addr'), user: field('user'), cluster: field('cluster') };
}

/**
 * The login in a home, undefined when there is none. While another program rewrites the files they may be
 * missing or not fit together; then it fails as a real tsh does.
 */
export function readLogin(home: string): Login | undefined {
  const profile = readProfile(home);
  if (!profile) return undefined;
  const files = filesOf(home, profile);
  const text = read(files.sshCertificate);
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

/** Writes a fresh login into a home that may be empty or hold other things. */
export function writeLogin(home: string, state: State, certificate: Certificate): void {
  const profile = profileOf(state, certificate.user);
  const { host, user, cluster, proxy } = profile;
  const files = filesOf(home, profile);
  const folders = [join(home, 'keys', host, 'cas'), dirname(files.sshCertificate)];
  for (const folder of [home, ...folders]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  const authority = `demo certificate authority of ${cluster}\n`;
  const yaml = {
    web_proxy_addr: proxy,
    ssh_proxy_addr: proxy,
    kube_proxy_addr: proxy,
    auth_connector: 'local',
    user,
    cluster,
    tls_routing_enabled: true,
    private_key_policy: 'none',
  };
  writeFileSync(
    join(home, `${host}.yaml`),
    Object.entries(yaml)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(''),
    { mode: 0o600 },
  );
  writeFileSync(join(home, 'known_hosts'), `@cert-authority *.${cluster} ${authority}`, { mode: 0o600 });
  writeFileSync(join(home, 'keys', host, 'cas', `${cluster}.pem`), authority, { mode: 0o600 });
  writeFileSync(join(home, 'keys', host, 'certs.pem'), authority, { mode: 0o600 });
  for (const [path, text] of keyFiles(files, state, certificate)) writeFileSync(path, text, { mode: 0o600 });
  rmSync(reloginLock(home, host), { force: true });
  writeFileSync(join(home, 'current-profile'), `${host}\n`, { mode: 0o600 });
}

/** Writes a re-issued certificate as tsh does: file after file, in place, and with nobody kept out. */
export function rewriteLogin(home: string, state: State, certificate: Certificate): void {
  const profile = profileOf(state, certificate.user);
  const files = filesOf(home, profile);
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

function profileOf(state: State, user: string): Profile {
  const host = state.proxy.split(':')[0] ?? '';
  return { host, proxy: state.proxy, user, cluster: state.cluster };
}

/** A new key pair's name. */
export const newKey = (): string => randomUUID();

/** Removes every login; settings and other files stay. False when there was none. */
export function removeLogins(home: string): boolean {
  const names = (() => {
    try {
      return readdirSync(home);
    } catch {
      return [];
    }
  })();
  const profiles = names.filter((name) => name.endsWith('.yaml'));
  for (const name of [...profiles, 'keys', 'current-profile', 'known_hosts']) {
    rmSync(join(home, name), { recursive: true, force: true });
  }
  return profiles.length > 0;
}
