import * as vscode from 'vscode';

/** Facts that menus and welcome texts look at, with what holds before anything is known. */
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

export type ContextKeys = typeof initial;

/** Every context key, for the test that compares them with package.json. */
export const contextKeys = Object.keys(initial) as (keyof ContextKeys)[];

const set: Partial<Record<keyof ContextKeys, unknown>> = {};

/** Sets context keys; only what changed is sent. */
export function setContextKeys(values: Partial<ContextKeys>): void {
  for (const key of contextKeys) {
    if (!(key in values) || set[key] === values[key]) continue;
    set[key] = values[key];
    void vscode.commands.executeCommand('setContext', key, values[key]);
  }
}

/** Asks the part of this window that a person sees for an answer; what is set stays as it is. May never settle. */
export function roundTrip(): Thenable<unknown> {
  const key = 'jitAccess.state';
  return vscode.commands.executeCommand('setContext', key, set[key] ?? initial[key]);
}
