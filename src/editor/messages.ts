import * as vscode from 'vscode';

/*
 * Messages render links, so they may contain only our own words, ids and plain names. The compiler does not
 * accept untrusted text as a string, so it can get here only through `forMessage`.
 */

/** A button with its label and the value that a press returns to the caller. */
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

/** Shows an information message. @returns the pressed button's value; undefined if it was dismissed */
export const showInfo = <T>(text: string, ...buttons: Button<T>[]): Promise<T | undefined> =>
  ask((words, ...items) => vscode.window.showInformationMessage(words, ...items), text, buttons);

/** Shows a warning. @returns the pressed button's value; undefined if it was dismissed */
export const showWarning = <T>(text: string, ...buttons: Button<T>[]): Promise<T | undefined> =>
  ask((words, ...items) => vscode.window.showWarningMessage(words, ...items), text, buttons);

/** Shows an error. An error with a button stays until the user answers it. */
export const showError = <T>(text: string, ...buttons: Button<T>[]): Promise<T | undefined> =>
  ask((words, ...items) => vscode.window.showErrorMessage(words, ...items), text, buttons);

/**
 * Asks a question in a modal dialog. Enter presses the first button, so that one must not start the action.
 * @param detail plain text, because VS Code renders no links in it
 */
export async function confirm<T>(
  text: string,
  detail: string,
  ...buttons: Button<T>[]
): Promise<T | undefined> {
  const answer = await vscode.window.showWarningMessage(text, { modal: true, detail }, ...buttons);
  return answer?.value;
}

/** Shows progress in the status bar while the task runs, without a notification. */
export function withProgress<T>(title: string, task: () => Promise<T>): Promise<T> {
  return Promise.resolve(
    vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, task),
  );
}

/**
 * Shows progress in a notification with a Cancel button, for long tasks.
 * @param task gets a signal that Cancel aborts, and a function that reports the current step
 */
export function withCancellableProgress<T>(
  title: string,
  task: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return Promise.resolve(
    vscode.window.withProgress({ location, title, cancellable: true }, (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => controller.abort());
      return task(controller.signal, (message) => progress.report({ message }));
    }),
  );
}

/** Copies our own text to the clipboard: ids and words, but no untrusted text. */
export async function copyText(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
}
