import * as l10n from '@vscode/l10n';
import type { RiskSign } from '../access/riskSigns.ts';
import { span } from './time.ts';

/** A mark in few words. */
export function riskSignWords(mark: RiskSign): string {
  switch (mark.kind) {
    case 'mixedScripts':
      return l10n.t('a name mixes scripts');
    case 'long':
      return l10n.t('long, usually {0}', span(mark.usualMinutes));
    case 'noTicket':
      return l10n.t('no ticket');
    case 'firstTime':
      return l10n.t('first time this person asks for it');
  }
}

/** Every mark in one line, with what cannot be told here. */
export function riskSignsLine(marks: readonly RiskSign[]): string {
  return [...marks.map(riskSignWords), l10n.t('what the role contains is not known here')].join(' · ');
}
