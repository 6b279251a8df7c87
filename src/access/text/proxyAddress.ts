import { bare, type Foreign } from './foreign.ts';

/** `host:port` of a login's proxy. */
export const addressOf = ({ proxy }: { readonly proxy: Foreign }): string =>
  bare(proxy).replace(/^https:\/\//, '');

/** The proxy's host, as `tsh logout --proxy` and file names in a home have it. */
export const hostOf = (login: { readonly proxy: Foreign }): string => addressOf(login).replace(/:\d+$/, '');
