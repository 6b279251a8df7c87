import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import type { Ability } from './abilities.ts';
import { failureOf, type Failure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import type { Listing } from '../output/adminSchema.ts';
import type { Tctl } from './tctl.ts';
import type { TshCallOptions } from './tsh.ts';

/** What a cluster says of itself, each part read apart. */
export const parts = [
  'users',
  'roles',
  'saml',
  'oidc',
  'github',
  'accessLists',
  'members',
  'bots',
  'trustedClusters',
  'locks',
] as const;

export type PartName = (typeof parts)[number];

/** A part as it was read; `absent` where this edition or version has no such thing; else why it was not read. */
export type Reading =
  | ({ readonly kind: 'read' } & Listing)
  | { readonly kind: 'absent' }
  | { readonly kind: 'unread'; readonly failure: Failure };

/** What says that a server, or a tctl, has no such kind of thing. */
const none =
  /unknown service|unknown method|unimplemented|not supported|unsupported|is not registered|expected command but got|does not implement|(?:only available in|requires) (?:an? )?(?:teleport )?enterprise\b|\benterprise subscription/i;

/** What every cluster has: an answer that says otherwise means something else. */
const everywhere: ReadonlySet<PartName> = new Set(['users', 'roles', 'locks'] as const);

const calls: Readonly<Record<Exclude<PartName, 'members'>, readonly [Ability, string]>> = {
  users: ['readUsers', 'users'],
  roles: ['readRoles', 'roles'],
  saml: ['readConnectors', 'saml'],
  oidc: ['readConnectors', 'oidc'],
  github: ['readConnectors', 'github'],
  accessLists: ['readAccessLists', 'access_list'],
  bots: ['readBots', 'bots'],
  trustedClusters: ['readTrustedClusters', 'trusted_cluster'],
  locks: ['readLocks', 'locks'],
};

/** Failures that would end every other call the same way: nothing is gained by going on. */
const ends: ReadonlySet<Failure['kind']> = new Set([
  ...(['notFound', 'signedOut', 'expired', 'cancelled', 'actsAsService', 'needsTerminal'] as const),
]);

/**
 * `tctl get <kind> --format=json`.
 * @throws TeleportFailure only what would end every other call too: no tctl, signed out, cancelled
 */
export async function readPart(
  tctl: Tctl,
  home: Home,
  part: Exclude<PartName, 'members'>,
  asking: TshCallOptions = {},
): Promise<Reading> {
  const [ability, kind] = calls[part];
  const call = tctl.list(home, ability, ['get', kind, '--format=json'], asking);
  const found = await reading(call, everywhere.has(part));
  // Older ones know bots by a command of their own only.
  return part === 'bots' && found.kind === 'absent'
    ? reading(tctl.list(home, ability, ['bots', 'ls', '--format=json'], asking))
    : found;
}

/** The three kinds of SSO connectors in one call, and apart where that is refused or holds anything else. */
export async function readConnectors(
  tctl: Tctl,
  home: Home,
  asking: TshCallOptions = {},
): Promise<Readonly<Record<'saml' | 'oidc' | 'github', Reading>>> {
  const args = ['get', 'connectors', '--format=json'];
  const all = await reading(tctl.list(home, 'readConnectors', args, asking));
  if (all.kind === 'read' && all.lost === 0) {
    const of = (kind: string) => all.held.filter(({ document }) => document['kind'] === kind);
    const [saml, oidc, github] = [of('saml'), of('oidc'), of('github')];
    if (saml.length + oidc.length + github.length === all.held.length) {
      const read = { kind: 'read', lost: 0 } as const;
      return {
        saml: { ...read, held: saml },
        oidc: { ...read, held: oidc },
        github: { ...read, held: github },
      };
    }
  }
  return {
    saml: await readPart(tctl, home, 'saml', asking),
    oidc: await readPart(tctl, home, 'oidc', asking),
    github: await readPart(tctl, home, 'github', asking),
  };
}

/** `tctl acl users ls <list> --format=json`: no kind of `tctl get` lists members in the versions we know. */
export function readMembers(
  tctl: Tctl,
  home: Home,
  list: Untrusted,
  asking: TshCallOptions = {},
): Promise<Reading> {
  const args = ['acl', 'users', 'ls', '--format=json', '--', rawText(list)];
  return reading(tctl.list(home, 'readAccessLists', args, asking));
}

async function reading(call: Promise<Listing>, never = false): Promise<Reading> {
  try {
    return { kind: 'read', ...(await call) };
  } catch (error) {
    const failure = failureOf(error);
    if (!failure || ends.has(failure.kind)) throw error;
    const said = failure.said === undefined ? '' : rawText(failure.said);
    const lacks = failure.kind === 'refused' || failure.kind === 'tooOld';
    return lacks && !never && none.test(said) ? { kind: 'absent' } : { kind: 'unread', failure };
  }
}

/**
 * The rules a person lacks, from tctl's own words: `list, read on user`. Only verbs and kinds as Teleport writes them.
 */
export function lackingRules({ said }: Failure): readonly string[] {
  const found = new Map<string, string[]>();
  const words = said === undefined ? '' : rawText(said);
  for (const [, verb = '', kind = ''] of words.matchAll(
    /access denied to perform action "([a-z]+)" on "([a-z_]+)"/g,
  ))
    found.set(kind, [...new Set([...(found.get(kind) ?? []), verb])]);
  return [...found].map(([kind, verbs]) => `${verbs.join(', ')} on ${kind}`);
}
