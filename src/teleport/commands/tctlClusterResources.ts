import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Ability } from './abilities.ts';
import { failureOf, type Failure } from '../process/failure.ts';
import type { Home } from '../home/home.ts';
import type { Listing } from '../output/adminSchema.ts';
import type { Tctl } from './tctl.ts';
import type { ReadOptions } from './tshCalls.ts';

/** The parts of a cluster that a census reads, each with its own calls. */
export const clusterParts = [
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

/** The name of a part. */
export type PartName = (typeof clusterParts)[number];

/**
 * The result of reading a part: its resources; `absent` if the edition or version has no such kind; or the
 * failure.
 */
export type Reading =
  | ({ readonly kind: 'read' } & Listing)
  | { readonly kind: 'absent' }
  | { readonly kind: 'unread'; readonly failure: Failure };

/** Texts with which a server or tctl reports that it does not know a kind of resource. */
const absentKindPattern =
  /unknown service|unknown method|unimplemented|not supported|unsupported|is not registered|expected command but got|does not implement|(?:only available in|requires) (?:an? )?(?:teleport )?enterprise\b|\benterprise subscription/i;

/** Parts that every cluster has. A text that reports such a kind as unknown has another cause. */
const alwaysPresent: ReadonlySet<PartName> = new Set(['users', 'roles', 'locks'] as const);

/** The ability and the kind of `tctl get` for each part. */
const partCalls: Readonly<Record<Exclude<PartName, 'members'>, readonly [Ability, string]>> = {
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

/** Failures that every further call would have too. They end the census. */
const fatalKinds: ReadonlySet<Failure['kind']> = new Set([
  ...(['notFound', 'signedOut', 'expired', 'cancelled', 'actsAsService', 'needsTerminal'] as const),
]);

/**
 * `tctl get <kind> --format=json`.
 * @throws TeleportFailure only for a failure that every further call would have: no tctl, signed out,
 *   cancelled
 */
export async function readPart(
  tctl: Tctl,
  home: Home,
  part: Exclude<PartName, 'members'>,
  options: ReadOptions = {},
): Promise<Reading> {
  const [ability, kind] = partCalls[part];
  const call = tctl.list(home, ability, ['get', kind, '--format=json'], options);
  const result = await toReading(call, alwaysPresent.has(part));
  // Older versions list bots only with their own command.
  return part === 'bots' && result.kind === 'absent'
    ? toReading(tctl.list(home, ability, ['bots', 'ls', '--format=json'], options))
    : result;
}

/**
 * Reads the three kinds of SSO connectors with one call. If that call fails or returns other kinds, each kind
 * is read with its own call.
 */
export async function readConnectors(
  tctl: Tctl,
  home: Home,
  options: ReadOptions = {},
): Promise<Readonly<Record<'saml' | 'oidc' | 'github', Reading>>> {
  const args = ['get', 'connectors', '--format=json'];
  const all = await toReading(tctl.list(home, 'readConnectors', args, options));
  if (all.kind === 'read' && all.unreadable === 0) {
    const ofKind = (kind: string) => all.resources.filter(({ document }) => document['kind'] === kind);
    const [saml, oidc, github] = [ofKind('saml'), ofKind('oidc'), ofKind('github')];
    if (saml.length + oidc.length + github.length === all.resources.length) {
      const read = { kind: 'read', unreadable: 0 } as const;
      return {
        saml: { ...read, resources: saml },
        oidc: { ...read, resources: oidc },
        github: { ...read, resources: github },
      };
    }
  }
  return {
    saml: await readPart(tctl, home, 'saml', options),
    oidc: await readPart(tctl, home, 'oidc', options),
    github: await readPart(tctl, home, 'github', options),
  };
}

/** `tctl acl users ls <list> --format=json`. In the known versions no kind of `tctl get` lists members. */
export function readMembers(
  tctl: Tctl,
  home: Home,
  list: Untrusted,
  options: ReadOptions = {},
): Promise<Reading> {
  const args = ['acl', 'users', 'ls', '--format=json', '--', rawText(list)];
  return toReading(tctl.list(home, 'readAccessLists', args, options));
}

/**
 * Turns a call into a reading.
 * @param alwaysExists whether every cluster has this part, so that it is never `absent`
 * @throws TeleportFailure of a kind in `fatalKinds`
 */
async function toReading(call: Promise<Listing>, alwaysExists = false): Promise<Reading> {
  try {
    return { kind: 'read', ...(await call) };
  } catch (error) {
    const failure = failureOf(error);
    if (!failure || fatalKinds.has(failure.kind)) throw error;
    const text = failure.said === undefined ? '' : rawText(failure.said);
    const mayBeAbsent = failure.kind === 'refused' || failure.kind === 'tooOld';
    return mayBeAbsent && !alwaysExists && absentKindPattern.test(text)
      ? { kind: 'absent' }
      : { kind: 'unread', failure };
  }
}

/**
 * The rules that the user lacks, read from tctl's output, such as `list, read on user`. Only verbs and kinds
 * in Teleport's spelling are read, because the text is untrusted.
 */
export function lackingRules({ said }: Failure): readonly string[] {
  const verbsByKind = new Map<string, string[]>();
  const text = said === undefined ? '' : rawText(said);
  for (const [, verb = '', kind = ''] of text.matchAll(
    /access denied to perform action "([a-z]+)" on "([a-z_]+)"/g,
  ))
    verbsByKind.set(kind, [...new Set([...(verbsByKind.get(kind) ?? []), verb])]);
  return [...verbsByKind].map(([kind, verbs]) => `${verbs.join(', ')} on ${kind}`);
}
