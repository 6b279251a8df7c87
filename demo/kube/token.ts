// The token by which the demo's API server recognises a caller. The cluster signs it.
import { createHmac } from 'node:crypto';
import type { Certificate } from '../server/certificate.ts';
import { utcRfc3339 } from '../cli/goFormat.ts';
import type { State } from '../server/serverState.ts';

/**
 * The content of a token. It stays valid until it expires, also after the login has ended. Only a lock ends
 * it earlier.
 */
export interface KubeToken {
  readonly user: string;
  readonly roles: readonly string[];
  readonly requests: readonly string[];
  /** The Kubernetes cluster that the token is for. */
  readonly kube: string;
  /** When the token expires, in ms since 1970. */
  readonly validUntil: number;
}

/** A caller, with the groups that the roles in the token give now. */
export interface KubeCaller extends KubeToken {
  readonly groups: readonly string[];
}

// The prefix makes the signature differ from that of a certificate, so that a token cannot be used as a
// login.
const sign = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(`kube ${body}`).digest('base64url');

/** Makes a token for a Kubernetes cluster from a login's certificate. Both expire at the same time. */
export function issueToken(state: State, certificate: Certificate, kube: string): string {
  const { user, roles, requests, validUntil } = certificate;
  const token: KubeToken = { user, roles, requests, kube, validUntil };
  const body = Buffer.from(JSON.stringify(token)).toString('base64url');
  return `${body}.${sign(state.secret, body)}`;
}

/** Returns the content of a token, or undefined when this cluster did not sign it. */
export function readToken(state: State, text: string): KubeToken | undefined {
  const [body = '', signature = ''] = text.trim().split('.');
  if (!body || signature !== sign(state.secret, body)) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as KubeToken;
}

const minute = 60_000;

/** Whether tsh would still return a cached credential: when it is valid for more than a minute. */
export const isTokenValid = (token: KubeToken, now: number): boolean => token.validUntil - now > minute;

/** The API version of the exec plug-in, which `tsh kube login` writes into the kubeconfig. */
export const execApiVersion = 'client.authentication.k8s.io/v1beta1';

/** Returns the output of an exec plug-in. The expiry it names is a minute early. */
export function execCredential(text: string, token: KubeToken, now: number): string {
  const end = isTokenValid(token, now) ? token.validUntil - minute : token.validUntil;
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: execApiVersion,
    spec: { interactive: false },
    status: { expirationTimestamp: utcRfc3339(end), token: text },
  });
}
