import * as vscode from 'vscode';

/** The context keys that menus and welcome texts use, with their values before the first update. */
const initial = {
  'jitAccess.state': 'starting',
  'jitAccess.canUse': false,
  'jitAccess.canDrop': false,
  'jitAccess.canOpenTerminal': false,
  'jitAccess.inTerminal': false,
  'jitAccess.canReview': false,
  'jitAccess.waits': false,
  'jitAccess.hasRequests': false,
  'jitAccess.differences': '',
};

/** The context keys with their types. */
export type ContextKeys = typeof initial;

/** The names of all context keys, for the test that compares them with package.json. */
export const contextKeys = Object.keys(initial) as (keyof ContextKeys)[];

const sent: Partial<Record<keyof ContextKeys, unknown>> = {};

/** Sets context keys. Only changed values are sent to VS Code. */
export function setContextKeys(values: Partial<ContextKeys>): void {
  for (const key of contextKeys) {
    if (!(key in values) || sent[key] === values[key]) continue;
    sent[key] = values[key];
    void vscode.commands.executeCommand('setContext', key, values[key]);
  }
}

/**
 * Sends a request to this window's user interface by setting a context key to its current value.
 * @returns settles when the user interface answers, which may be never
 */
export function roundTrip(): Thenable<unknown> {
  const key = 'jitAccess.state';
  return vscode.commands.executeCommand('setContext', key, sent[key] ?? initial[key]);
}
