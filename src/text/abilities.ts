import * as l10n from '@vscode/l10n';
import type { Ability } from '../teleport/commands/abilities.ts';

/** Describes an ability, with the command that needs it. */
export function abilityWords(ability: Ability): string {
  switch (ability) {
    case 'capabilities':
      return l10n.t('know which roles you may ask for (tctl requests capabilities)');
    case 'search':
      return l10n.t('search for resources (tsh request search)');
    case 'kube':
      return l10n.t('list Kubernetes clusters (tsh kube ls)');
    case 'review':
      return l10n.t('review requests (tsh request review)');
    case 'seeRequests':
      return l10n.t('see every request (tctl requests ls)');
    case 'decide':
      return l10n.t('decide requests with tctl (tctl requests approve)');
    case 'deleteRequests':
      return l10n.t('delete requests (tctl requests rm)');
    case 'lock':
      return l10n.t('lock a request (tctl lock)');
    case 'unlock':
      return l10n.t('remove a lock (tctl rm lock)');
    case 'readLocks':
      return l10n.t('see locks (tctl get locks)');
    case 'readRoles':
      return l10n.t('read roles (tctl get roles)');
    case 'writeRoles':
      return l10n.t('write roles (tctl create)');
    case 'removeRoles':
      return l10n.t('remove roles (tctl rm role)');
    case 'readUsers':
      return l10n.t('read users (tctl get users)');
    case 'readConnectors':
      return l10n.t('read SSO connectors (tctl get connectors)');
    case 'readAccessLists':
      return l10n.t('read access lists (tctl get access_list)');
    case 'readBots':
      return l10n.t('read bots (tctl get bots)');
    case 'readTrustedClusters':
      return l10n.t('read trusted clusters (tctl get trusted_cluster)');
  }
}
