import * as vscode from 'vscode';

/** The id of our terminal profile in package.json. */
export const profileId = 'jitAccess.elevatedTerminal';

/**
 * Offers elevated terminals where VS Code offers terminals. A pick may ask twice, and a workspace can make this the
 * profile of every new terminal, so one question at a time is asked, and whoever asks meanwhile gets no terminal.
 * @param options asks the person; undefined when nothing is to be opened
 */
export function registerTerminalProfile(
  options: () => Promise<vscode.TerminalOptions | undefined>,
): vscode.Disposable {
  let asking = false;
  return vscode.window.registerTerminalProfileProvider(profileId, {
    provideTerminalProfile: async () => {
      if (asking) throw nothing();
      asking = true;
      try {
        const chosen = await options();
        if (!chosen) throw nothing();
        return new vscode.TerminalProfile(chosen);
      } finally {
        asking = false;
      }
    },
  });
}

/**
 * VS Code shows the message of whatever a provider throws, and an error of its own when it returns nothing; an empty
 * message is not shown (seen in 1.110 and 1.139).
 */
const nothing = (): Error => new Error('');
