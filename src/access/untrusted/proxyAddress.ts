import { rawText, type Untrusted } from './untrusted.ts';

/** The proxy address of a login as `host:port`. */
export const addressOf = ({ proxy }: { readonly proxy: Untrusted }): string =>
  rawText(proxy).replace(/^https:\/\//, '');

/** The proxy's host without the port, as in `tsh logout --proxy` and file names in a profile folder. */
export const hostOf = (login: { readonly proxy: Untrusted }): string => addressOf(login).replace(/:\d+$/, '');
