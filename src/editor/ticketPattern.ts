import * as l10n from '@vscode/l10n';
import type { LinearPattern } from '../access/untrusted/linearPattern.ts';
import { showWarning } from './messages.ts';
import { openSettings, setting } from './settings.ts';

let compile: ((source: string) => LinearPattern | undefined) | undefined;
let compiled: { readonly source: string; readonly pattern: LinearPattern | undefined } | undefined;
/** The pattern that was last reported as one that cannot be used. */
let reported: string | undefined;

/**
 * Loads what the setting `reason.ticketPattern` needs, if it is set. A pattern that cannot be used is reported once.
 * To be called at the start and after a change of the settings.
 */
export async function loadTicketPattern(): Promise<void> {
  const source = setting('reason.ticketPattern');
  if (source === '') return;
  compile ??= (await import('../access/untrusted/linearPattern.ts')).compilePattern;
  if (ticketPattern() !== undefined || reported === source) return;
  reported = source;
  void warn();
}

async function warn(): Promise<void> {
  const text = l10n.t(
    'The setting "Reason: Ticket Pattern" cannot be used, so no reason needs a ticket. Patterns are those of RE2: without look-around and back references.',
  );
  if (await showWarning(text, { title: l10n.t('Open Settings'), value: true })) await openSettings();
}

/** The ticket pattern of the settings; undefined if none is set, it cannot be used, or it is not loaded yet. */
export function ticketPattern(): LinearPattern | undefined {
  const source = setting('reason.ticketPattern');
  if (source === '' || !compile) return undefined;
  if (compiled?.source !== source) compiled = { source, pattern: compile(source) };
  return compiled.pattern;
}
