import * as vscode from 'vscode';

/** The id of the terminal profile in package.json. */
const profileId = 'jitAccess.elevatedTerminal';

/**
 * Registers the elevated terminal as a terminal profile of VS Code. VS Code may call the provider twice for
 * one pick, and a workspace can make this the default profile of every new terminal. So only one question is
 * open at a time, and calls in the meantime get no terminal.
 * @param options asks the user for the access; undefined if no terminal is to be opened
 */
export function registerTerminalProfile(
  options: () => Promise<vscode.TerminalOptions | undefined>,
): vscode.Disposable {
  let isQuestionOpen = false;
  return vscode.window.registerTerminalProfileProvider(profileId, {
    provideTerminalProfile: async () => {
      if (isQuestionOpen) throw emptyError();
      isQuestionOpen = true;
      try {
        const chosen = await options();
        if (!chosen) throw emptyError();
        return new vscode.TerminalProfile(chosen);
      } finally {
        isQuestionOpen = false;
      }
    },
  });
}

/**
 * An error with an empty message makes VS Code show nothing (seen in 1.110 and 1.139). VS Code shows any
 * other message that a provider throws, and its own error when a provider returns nothing.
 */
const emptyError = (): Error => new Error('');
