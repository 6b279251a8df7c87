// What the demo's API server knows a person by: a token signed by the cluster.
import { createHmac } from 'node:crypto';
import type { Certificate } from '../server/certificate.ts';
import { utc } from '../cli/goFormat.ts';
import type { State } from '../server/serverState.ts';

/** What a token says. It lives to its end whatever becomes of the login; only a lock cuts it. */
export interface KubeToken {
  readonly user: string;
  readonly roles: readonly string[];
  readonly requests: readonly string[];
  /** The Kubernetes cluster it is for. */
  readonly kube: string;
  /** ms */
  readonly validUntil: number;
}

/** Somebody who calls, with the groups their roles give now. */
export interface KubeCaller extends KubeToken {
  readonly groups: readonly string[];
}

// Not what certificates are signed with: a token must not pass for a login.
const sign = (secret: string, body: string): string =>
  createHmac('sha256', secret).update(`kube ${body}`).digest('base64url');

/** A token for a Kubernetes cluster from a login's certificate, ending with it. */
export function issueToken(state: State, certificate: Certificate, kube: string): string {
  const { user, roles, requests, validUntil } = certificate;
  const token: KubeToken = { user, roles, requests, kube, validUntil };
  const body = Buffer.from(JSON.stringify(token)).toString('base64url');
  return `${body}.${sign(state.secret, body)}`;
}

/** What a token says, undefined when this cluster did not sign it. */
export function readToken(state: State, text: string): KubeToken | undefined {
  const [body = '', signature = ''] = text.trim().split('.');
  if (!body || signature !== sign(state.secret, body)) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as KubeToken;
}

const minute = 60_000;

/** Whether tsh would hand a cached credential out once more: with more than a minute left. */
export const isTokenValid = (token: KubeToken, now: number): boolean => token.validUntil - now > minute;

/** What an exec plug-in prints, in the version kubectl asks for. It names an end a minute early. */
export function execCredential(text: string, token: KubeToken, apiVersion: string, now: number): string {
  const end = isTokenValid(token, now) ? token.validUntil - minute : token.validUntil;
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion,
    spec: { interactive: false },
    status: { expirationTimestamp: utc(end), token: text },
  });
}
