import * as v from 'valibot';
import type { Instant, RequestId, Untrusted } from '../../access/untrusted/untrusted.ts';
import { id, instant, listOf, parseJson, parseWith, text, texts } from './schemaParts.ts';

/** A login on a home, from `tsh status --format=json`. */
export interface Profile {
  /** `https://host:port` of the proxy. */
  readonly proxy: Untrusted;
  readonly user: Untrusted;
  readonly cluster: Untrusted;
  readonly roles: readonly Untrusted[];
  readonly assumed: readonly RequestId[];
  readonly validUntil: Instant;
}

/** The login on a home, and the other profiles there. */
export type HomeLogin =
  | { readonly kind: 'signedOut'; readonly others?: readonly Profile[] }
  | {
      readonly kind: 'expired' | 'signedIn';
      readonly profile: Profile;
      readonly others?: readonly Profile[];
    };

const profile = v.pipe(
  v.object({
    profile_url: text,
    username: text,
    cluster: text,
    roles: texts,
    active_requests: listOf(id),
    valid_until: instant,
  }),
  v.transform((active): Profile => ({
    proxy: active.profile_url,
    user: active.username,
    cluster: active.cluster,
    roles: active.roles,
    assumed: active.active_requests,
    validUntil: active.valid_until,
  })),
);

const status = v.object({ active: v.nullish(profile), profiles: listOf(profile) });
const version = v.object({ version: v.string() });

/** The first JSON object of an output. Old versions print sentences after the JSON of `tsh status`. */
function firstObject(output: string): string {
  const end = output.search(/^\}$/m);
  return end < 0 ? output : output.slice(0, end + 1);
}

/** Reads `tsh status --format=json`; undefined when no profile is active. */
export const readStatus = (output: string): Profile | undefined =>
  parseWith(status, parseJson(firstObject(output))).active ?? undefined;

/**
 * Reads the other profiles in `tsh status --format=json`: logins to other proxies on the home, also expired
 * ones.
 */
export const readOtherProfiles = (output: string): Profile[] =>
  parseWith(status, parseJson(firstObject(output))).profiles;

/** Reads `tsh version --format=json`; the version is a text such as `17.0.0-dev`. */
export const readVersion = (output: string): string => parseWith(version, parseJson(output)).version;
