import { rawText, type RequestId } from '../../access/untrusted/untrusted.ts';
import { addressOf } from '../../access/untrusted/proxyAddress.ts';
import type { Profile } from '../output/loginSchema.ts';

/**
 * The arguments of a visible `tsh login`. Without a user tsh uses the machine's user name or the single
 * sign-on user.
 */
export function signInArguments(login: Pick<Profile, 'proxy'> & Partial<Pick<Profile, 'user'>>): string[] {
  const user = login.user === undefined ? [] : [`--user=${rawText(login.user)}`];
  return ['login', `--proxy=${addressOf(login)}`, ...user];
}

/**
 * The address of a request's page in Teleport's web interface; empty when the proxy's address is not plain
 * host and port.
 */
export function webAddress(profile: Profile, id: RequestId): string {
  const address = /^https:\/\/[A-Za-z0-9.-]+(:\d+)?$/.exec(rawText(profile.proxy))?.[0];
  return address === undefined ? '' : `${address}/web/requests/${id}`;
}
