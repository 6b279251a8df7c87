import * as l10n from '@vscode/l10n';
import type { RiskSign } from '../access/riskSigns.ts';
import { span } from './time.ts';

/** Describes a risk sign in a few words. */
export function riskSignWords(sign: RiskSign): string {
  switch (sign.kind) {
    case 'mixedScripts':
      return l10n.t('a name mixes scripts');
    case 'lookAlike':
      return l10n.t('a name looks like another name');
    case 'long':
      return l10n.t('long, usually {0}', span(sign.usualMinutes));
    case 'noTicket':
      return l10n.t('no ticket');
    case 'firstTime':
      return l10n.t('first time this person asks for it');
  }
}

/** All risk signs in one line, with the note that the role's contents are not known here. */
export function riskSignsLine(signs: readonly RiskSign[]): string {
  return [...signs.map(riskSignWords), l10n.t('what the role contains is not known here')].join(' · ');
}
