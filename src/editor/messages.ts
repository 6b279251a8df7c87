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

/** The answer that Enter gives to a question: the user wants to look first, and nothing is done. */
export type Harmless = 'harmless';

/** The texts and buttons of a question in a modal dialog. */
export interface ModalQuestion<T> {
  /** Names what the question is about. */
  readonly text: string;
  /** Plain text, because VS Code renders no links in it. */
  readonly detail: string;
  /** The title of the first button, which Enter presses. It shows something or leads back, and changes nothing. */
  readonly harmless: string;
  /** The buttons that start something. VS Code adds Cancel. */
  readonly acting: readonly Button<T>[];
}

/**
 * Asks a question in a modal dialog. VS Code gives the focus to the first button, also to the only one, so Enter
 * presses it. That is always the harmless one: a caller cannot put another one first.
 * @returns the value of the pressed button, `harmless` for the first one; undefined after Cancel
 */
export async function confirm<T = never>(question: ModalQuestion<T>): Promise<T | Harmless | undefined> {
  const { text, detail, harmless, acting } = question;
  const first: Button<Harmless> = { title: harmless, value: 'harmless' };
  const buttons: readonly Button<T | Harmless>[] = [first, ...acting];
  return (await vscode.window.showWarningMessage(text, { modal: true, detail }, ...buttons))?.value;
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
