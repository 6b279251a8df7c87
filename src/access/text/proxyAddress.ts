import { rawText, type Untrusted } from './untrusted.ts';

/** `host:port` of a login's proxy. */
export const addressOf = ({ proxy }: { readonly proxy: Untrusted }): string =>
  rawText(proxy).replace(/^https:\/\//, '');

/** The proxy's host, as `tsh logout --proxy` and file names in a home have it. */
export const hostOf = (login: { readonly proxy: Untrusted }): string => addressOf(login).replace(/:\d+$/, '');
