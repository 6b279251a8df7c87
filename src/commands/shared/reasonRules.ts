import * as l10n from '@vscode/l10n';
import {
  checkReason,
  longestReason,
  onlyWarns,
  ticketIn,
  type ReasonFinding,
  type ReasonRules,
} from '../../access/reason.ts';
import { forPick } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { currentBranch } from '../../editor/gitBranch.ts';
import { setting } from '../../editor/settings.ts';
import { ticketPattern } from '../../editor/ticketPattern.ts';
import type { Remark } from '../../editor/quickInput.ts';

/** Reads the rules for reasons from the settings. */
export function reasonRules(): ReasonRules {
  const ticket = ticketPattern();
  const skeleton = setting('reason.skeleton');
  return {
    minimum: setting('reason.minimumLength'),
    ...(ticket ? { ticket } : {}),
    ...(skeleton === '' ? {} : { skeleton }),
  };
}

/** The text that a new reason starts with: the skeleton, with the ticket from the branch name in its slot. */
export function initialReason({ skeleton = '', ticket }: ReasonRules): string {
  const branch = currentBranch();
  const ticketKey = ticket && branch ? ticketIn(branch, ticket) : undefined;
  if (ticketKey === undefined) return skeleton;
  return skeleton.includes('<ticket>')
    ? skeleton.replace('<ticket>', ticketKey)
    : `${ticketKey}: ${skeleton}`;
}

/** The remark under the reason while the user types. */
export function reasonRemark(reason: string, rules: ReasonRules): Remark | undefined {
  const finding = checkReason(reason, rules);
  if (!finding) {
    const bytes = Buffer.byteLength(reason.trim(), 'utf8');
    // VS Code shows the remark in place of the prompt, so the remark must also tell who can see the reason.
    const text = l10n.t(
      "{0} of {1} bytes. Seen by reviewers, in the audit log, and in this machine's process list while tsh runs.",
      bytes,
      longestReason,
    );
    return { text, severity: 'info' };
  }
  return { text: findingWords(finding), severity: onlyWarns(finding) ? 'warning' : 'error' };
}

/** The remark for a reason that is too short. @param missing the number of missing characters */
export const tooShortWords = (missing: number): string => l10n.t('{0} more characters, please.', missing);

function findingWords(finding: ReasonFinding): string {
  switch (finding.kind) {
    case 'empty':
      return l10n.t('A reason is needed: reviewers decide by it.');
    case 'tooShort':
      return tooShortWords(finding.missing);
    case 'tooLong':
      return l10n.t('{0} bytes too many: the cluster takes 4,096.', finding.over);
    case 'openSlot':
      return l10n.t('{0} is still to be filled in.', forPick(untrusted(finding.slot)));
    case 'noTicket':
      return l10n.t('Your team asks for a ticket in the reason.');
    case 'looksSecret':
      return l10n.t(
        'This looks like a password or key. Reviewers, the audit log and the process list will show it.',
      );
  }
}
