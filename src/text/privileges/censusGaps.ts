import * as l10n from '@vscode/l10n';
import { forSentence } from '../../access/untrusted/sinks.ts';
import type { Gap } from '../../privileges/census/census.ts';
import { lackingRules, type PartName } from '../../teleport/commands/tctlClusterResources.ts';
import { failureWords } from '../failure.ts';

/** Names a part of the census. */
export const partWords = (part: PartName): string =>
  ({
    users: l10n.t('users'),
    roles: l10n.t('roles'),
    saml: l10n.t('SAML connectors'),
    oidc: l10n.t('OIDC connectors'),
    github: l10n.t('GitHub connectors'),
    accessLists: l10n.t('access lists'),
    members: l10n.t('members of access lists'),
    bots: l10n.t('bots'),
    trustedClusters: l10n.t('trusted clusters'),
    locks: l10n.t('locks'),
  })[part];

const partialWords = (part: PartName, { lost, of }: NonNullable<Gap['partial']>): string =>
  l10n.t('{0} of {1} {2}', lost, of, partWords(part));

/** Lists the unread parts for the first line of the report; the three types of SSO connectors once. */
export function unreadPartWords(gaps: readonly Gap[]): string {
  const sso = l10n.t('SSO mappings');
  const isSso = ({ part }: Gap): boolean => part === 'saml' || part === 'oidc' || part === 'github';
  const words = gaps.map((gap) =>
    gap.partial && gap.name === undefined
      ? partialWords(gap.part, gap.partial)
      : isSso(gap)
        ? sso
        : partWords(gap.part),
  );
  return [...new Set(words)].join(', ');
}

/** Writes why a part could not be read, and which missing rule would allow it. */
export function gapWords({ part, name, partial, failure }: Gap): string {
  const words = partial ? partialWords(part, partial) : partWords(part);
  const named = name === undefined ? words : l10n.t('{0} ({1})', words, forSentence(name));
  const rules = lackingRules(failure);
  if (rules.length > 0) return l10n.t('{0}: your roles lack a rule with {1}', named, rules.join('; '));
  return l10n.t('{0}: {1}', named, failureWords(failure).text);
}

/** Lists the rules that the user's roles lack, as verbs and kinds of Teleport. */
export const lackingWords = (gaps: readonly Gap[]): string =>
  [...new Set(gaps.flatMap(({ failure }) => lackingRules(failure)))].join('; ');
