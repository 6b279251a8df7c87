// The demo's certificate: a text in its own format, signed with the cluster's secret. It has the same content
// as a certificate of Teleport.
import { createHmac } from 'node:crypto';
import type { ResourceId, State } from './serverState.ts';

/** The content of a certificate. Times are in ms since the epoch. */
export interface Certificate {
  readonly user: string;
  readonly cluster: string;
  /** The user's own roles and those from assumed requests, sorted. */
  readonly roles: readonly string[];
  /** The ids of the assumed access requests. */
  readonly requests: readonly string[];
  readonly resources: readonly ResourceId[];
  readonly logins: readonly string[];
  readonly kubernetesGroups: readonly string[];
  readonly validUntil: number;
  readonly issued: number;
  /** The key pair that the certificate was issued for. */
  readonly key: string;
  /** Whether the holder is the auth service itself, which is permitted everything. */
  readonly builtin?: boolean;
}

/** A certificate that gives nothing. */
export const emptyCertificate = {
  ...{ roles: [], requests: [], resources: [], logins: [], kubernetesGroups: [] },
  ...{ validUntil: 0, issued: 0, key: '' },
};

/** The part of a certificate that rules and locks are checked against. */
export type Caller = Pick<Certificate, 'user' | 'roles' | 'requests' | 'builtin'>;

const prefix = 'demo-cert-v1';
const sign = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(body).digest('base64url');

/** Returns a certificate as one line of signed text. */
export function encode(certificate: Certificate, secret: string): string {
  const body = Buffer.from(JSON.stringify(certificate)).toString('base64url');
  return `${prefix} ${body}.${sign(secret, body)}\n`;
}

/** Reads a certificate without a check of the signature. Returns undefined when it cannot be read. */
export function decode(text: string): Certificate | undefined {
  const body = text.startsWith(`${prefix} `) ? text.slice(prefix.length + 1).split('.')[0] : undefined;
  if (!body) return undefined;
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Certificate;
  } catch {
    return undefined;
  }
}

/** Whether this cluster signed the certificate. */
export function isGenuine(text: string, state: State): boolean {
  const [body = '', signature = ''] = text
    .trim()
    .slice(prefix.length + 1)
    .split('.');
  return signature === sign(state.secret, body);
}
