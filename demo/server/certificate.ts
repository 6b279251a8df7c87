// The demo's certificate: our own text, signed with the cluster's secret. It names what Teleport's would.
import { createHmac } from 'node:crypto';
import type { ResourceId, State } from './serverState.ts';

/** What a certificate says. Times in ms. */
export interface Certificate {
  readonly user: string;
  readonly cluster: string;
  /** Sorted: the person's own and those gained through requests. */
  readonly roles: readonly string[];
  /** Ids of assumed access requests. */
  readonly requests: readonly string[];
  readonly resources: readonly ResourceId[];
  readonly logins: readonly string[];
  readonly kubernetesGroups: readonly string[];
  readonly validUntil: number;
  readonly issued: number;
  /** The key pair it was made for. */
  readonly key: string;
  /** The auth service itself: may do everything. */
  readonly builtin?: boolean;
}

/** Who acts, as rules ask it. */
export type Caller = Pick<Certificate, 'user' | 'roles' | 'requests' | 'builtin'>;

const prefix = 'demo-cert-v1';
const sign = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(body).digest('base64url');

/** A certificate as one line of text. */
export function encode(certificate: Certificate, secret: string): string {
  const body = Buffer.from(JSON.stringify(certificate)).toString('base64url');
  return `${prefix} ${body}.${sign(secret, body)}\n`;
}

/** What a certificate's text says, not checked; undefined when it cannot be read. */
export function decode(text: string): Certificate | undefined {
  const body = text.startsWith(`${prefix} `) ? text.slice(prefix.length + 1).split('.')[0] : undefined;
  if (!body) return undefined;
  try {
    return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Certificate;
  } catch {
    return undefined;
  }
}

/** Whether this cluster signed it. */
export function isGenuine(text: string, state: State): boolean {
  const [body = '', signature = ''] = text
    .trim()
    .slice(prefix.length + 1)
    .split('.');
  return signature === sign(state.secret, body);
}
