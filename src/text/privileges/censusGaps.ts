import * as l10n from '@vscode/l10n';
import { forSentence } from '../../access/text/sinks.ts';
import type { Gap } from '../../privileges/census/census.ts';
import { lackingRules, type PartName } from '../../teleport/commands/tctlClusterResources.ts';
import { failureWords } from '../failure.ts';

/** A part of what a cluster holds. */
export function partWords(part: PartName): string {
  switch (part) {
    case 'users':
      return l10n.t('users');
    case 'roles':
      return l10n.t('roles');
    case 'saml':
      return l10n.t('SAML connectors');
    case 'oidc':
      return l10n.t('OIDC connectors');
    case 'github':
      return l10n.t('GitHub connectors');
    case 'accessLists':
      return l10n.t('access lists');
    case 'members':
      return l10n.t('members of access lists');
    case 'bots':
      return l10n.t('bots');
    case 'trustedClusters':
      return l10n.t('trusted clusters');
    case 'locks':
      return l10n.t('locks');
  }
}

const someWords = (part: PartName, { lost, of }: NonNullable<Gap['some']>): string =>
  l10n.t('{0} of {1} {2}', lost, of, partWords(part));

/** What could not be read, in few words for the first line: SSO is one thing there. */
export function unreadPartWords(gaps: readonly Gap[]): string {
  const sso = l10n.t('SSO mappings');
  const isSso = ({ part }: Gap): boolean => part === 'saml' || part === 'oidc' || part === 'github';
  const words = gaps.map((gap) =>
    gap.some && gap.name === undefined
      ? someWords(gap.part, gap.some)
      : isSso(gap)
        ? sso
        : partWords(gap.part),
  );
  return [...new Set(words)].join(', ');
}

/** Why a part could not be read, and which rule would allow it. */
export function gapWords({ part, name, some, failure }: Gap): string {
  const words = some ? someWords(part, some) : partWords(part);
  const what = name === undefined ? words : l10n.t('{0} ({1})', words, forSentence(name));
  const rules = lackingRules(failure);
  if (rules.length > 0) return l10n.t('{0}: your roles lack a rule with {1}', what, rules.join('; '));
  return l10n.t('{0}: {1}', what, failureWords(failure).text);
}

/** The rules a person lacks, for a message: verbs and kinds of Teleport only. */
export const lackingWords = (gaps: readonly Gap[]): string =>
  [...new Set(gaps.flatMap(({ failure }) => lackingRules(failure)))].join('; ');
