import * as l10n from '@vscode/l10n';
import { forModal } from '../access/untrusted/sinks.ts';
import type { Untrusted } from '../access/untrusted/untrusted.ts';
import type { Failure } from '../teleport/process/failure.ts';
import { relativeSettingWords } from './surroundings.ts';

/** The action of the button in a failure message. */
export type Remedy = 'signIn' | 'settings' | 'retry' | 'change' | 'refresh' | 'log' | 'doctor';

/** A failure in words: the problem, its cause if known, the next step, and the button for that step. */
export interface FailureWords {
  readonly text: string;
  readonly remedy: Remedy;
  /** Whether to show the program's own message, `failure.said`, in places that render no links. */
  readonly showSaid: boolean;
}

function words(text: string, remedy: Remedy, showSaid = false): FailureWords {
  return { text, remedy, showSaid };
}

/** Describes a failure to the user. */
export function failureWords({ kind, program, relativeSetting }: Failure): FailureWords {
  switch (kind) {
    case 'notFound':
      if (relativeSetting)
        return words(relativeSettingWords(program === 'tctl' ? 'Tctl Path' : 'Tsh Path'), 'settings');
      return words(
        program === 'tctl'
          ? l10n.t(
              'tctl was not found. Install it with Teleport\'s client, or name the program in the setting "Tctl Path".',
            )
          : l10n.t(
              'tsh was not found. Install Teleport\'s client, or name the program in the setting "Tsh Path".',
            ),
        'settings',
      );
    case 'tooOld':
      return words(
        l10n.t('This tsh is too old. Version 14 or newer is needed; please update it.'),
        'settings',
      );
    case 'signedOut':
      return words(l10n.t('You are signed out of Teleport. Sign in to go on.'), 'signIn');
    case 'expired':
      return words(l10n.t('Your Teleport login has expired. Sign in to go on.'), 'signIn');
    case 'needsTerminal':
      return words(l10n.t('Teleport wants you to sign in again, which needs a terminal.'), 'signIn');
    case 'unreachable':
      return words(
        l10n.t('The Teleport cluster cannot be reached. Check the network or the VPN, then try again.'),
        'retry',
      );
    case 'timedOut':
      return words(
        l10n.t('tsh did not answer in time and was ended. Try again; the log says how long it took.'),
        'retry',
      );
    case 'cancelled':
      return words(l10n.t('Cancelled.'), 'retry');
    case 'unreadable':
      return words(
        l10n.t(
          'tsh was cut off, or answered with something that cannot be read. Try again; if it stays, check the version of tsh.',
        ),
        'retry',
      );
    case 'gone':
      return words(
        l10n.t(
          'This request is no longer there, or you may not see it. It has probably expired or been deleted.',
        ),
        'refresh',
      );
    case 'decided':
      return words(l10n.t('Somebody else has already decided this request. Nothing was sent.'), 'refresh');
    case 'alreadyReviewed':
      return words(l10n.t('You have already reviewed this request; a review cannot be changed.'), 'refresh');
    case 'notPermitted':
      return words(l10n.t('Your roles do not allow this; ask an administrator.'), 'log', true);
    case 'noReviewRights':
      return words(
        l10n.t(
          'None of your roles may review requests. On Teleport Community nobody can; there tctl decides.',
        ),
        'doctor',
      );
    case 'changed':
      return words(
        l10n.t('Somebody changed this on the cluster after it was read. Nothing was written; look again.'),
        'refresh',
      );
    case 'inUse':
      return words(
        l10n.t(
          'A user, an access list or the cluster itself still uses this role, so the cluster does not remove it. Take it from them first, then try again.',
        ),
        'retry',
      );
    case 'unnameable':
      return words(
        l10n.t(
          "This role cannot be removed with tctl: its name has a slash or a space in it, and tctl would take another role. Remove it in Teleport's web interface.",
        ),
        'doctor',
      );
    case 'actsAsService':
      return words(
        l10n.t(
          'On this machine tctl would act as the Teleport service itself instead of as you, so it is not used. Run VS Code on another machine for this.',
        ),
        'doctor',
      );
    case 'leafSelected':
      return words(
        l10n.t('A leaf cluster is selected, and this needs the root cluster. Sign in to the root cluster.'),
        'signIn',
      );
    case 'notRequestable':
      return words(
        l10n.t('You may not request this role. Choose another, or ask an administrator to allow it.'),
        'change',
      );
    case 'tooLong':
      return words(
        l10n.t('The reason is too long: the cluster takes 4,096 bytes. Shorten it and send again.'),
        'change',
      );
    case 'tooEarly':
      return words(l10n.t('This request is approved but starts later. It cannot be used yet.'), 'refresh');
    case 'denied':
      return words(l10n.t('This request was denied. You can ask again with another reason.'), 'refresh');
    case 'locked':
      return words(
        l10n.t('The cluster refuses this login (access denied). It may be locked; ask an administrator.'),
        'log',
      );
    case 'untrustedHome':
      return words(
        l10n.t(
          'A private copy of your login could not be made safely: a link, or a folder that is not yours alone, is in the way. Nothing was elevated.',
        ),
        'log',
      );
    case 'noSpace':
      return words(
        l10n.t('There is no room left on the disk, or your quota is used up. Make room, then try again.'),
        'retry',
      );
    case 'cannotWrite':
      return words(
        l10n.t(
          'A file or folder that is needed cannot be written: the disk may be full or read-only, or a folder is not yours. The log says where it was.',
        ),
        'log',
      );
    case 'refused':
      return words(l10n.t('Teleport refused.'), 'retry', true);
  }
}

/** Quotes the program's own message as plain text, for places that render no links. */
export const saidWords = (said: Untrusted, program: Failure['program']): string =>
  program === 'tctl' ? l10n.t('tctl said: {0}', forModal(said)) : l10n.t('tsh said: {0}', forModal(said));

/** The label of a remedy's button. */
export function remedyLabel(remedy: Remedy): string {
  switch (remedy) {
    case 'signIn':
      return l10n.t('Sign In');
    case 'settings':
      return l10n.t('Open Settings');
    case 'retry':
      return l10n.t('Try Again');
    case 'change':
      return l10n.t('Change Request…');
    case 'refresh':
      return l10n.t('Refresh');
    case 'log':
      return l10n.t('Show Log');
    case 'doctor':
      return l10n.t('Run Doctor');
  }
}
