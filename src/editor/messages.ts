import * as vscode from 'vscode';

/*
 * Messages draw links, so they hold our words, ids and plain names only: a foreign text is no string to the compiler
 * and cannot get in here but through `forMessage`.
 */

/** A button: what it says and what it means to the one who asked. */
export interface Button<T> {
  readonly title: string;
  readonly value: T;
}

async function ask<T>(
  show: (text: string, ...items: Button<T>[]) => Thenable<Button<T> | undefined>,
  text: string,
  buttons: readonly Button<T>[],
): Promise<T | undefined> {
  return (await show(text, ...buttons))?.value;
}

/** A quiet message; undefined when it went away unanswered. */
export const showInfo = <T>(text: string, ...buttons: Button<T>[]): Promise<T | undefined> =>
  ask((words, ...items) => vscode.window.showInformationMessage(words, ...items), text, buttons);

export const showWarning = <T>(text: string, ...buttons: Button<T>[]): Promise<T | undefined> =>
  ask((words, ...items) => vscode.window.showWarningMessage(words, ...items), text, buttons);

/** An error with a button stays until it is answered. */
export const showError = <T>(text: string, ...buttons: Button<T>[]): Promise<T | undefined> =>
  ask((words, ...items) => vscode.window.showErrorMessage(words, ...items), text, buttons);

/**
 * A question that must be answered before anything happens. Enter presses the first button, so the first one is
 * never the one that acts.
 * @param detail plain text; VS Code draws no links in it
 */
export async function confirm<T>(
  text: string,
  detail: string,
  ...buttons: Button<T>[]
): Promise<T | undefined> {
  const answer = await vscode.window.showWarningMessage(text, { modal: true, detail }, ...buttons);
  return answer?.value;
}

/** Progress in the status bar while something is done; no notification. */
export function withProgress<T>(title: string, task: () => Promise<T>): Promise<T> {
  return Promise.resolve(
    vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, task),
  );
}

/**
 * Progress in a notification with Cancel, for what takes long.
 * @param task gets a signal that Cancel aborts, and says what it is at
 */
export function withCancellableProgress<T>(
  title: string,
  task: (signal: AbortSignal, say: (message: string) => void) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return Promise.resolve(
    vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      return task(stop.signal, (message) => progress.report({ message }));
    }),
  );
}

/** Puts text of ours on the clipboard: ids and words, nothing foreign. */
export async function copyText(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
}
