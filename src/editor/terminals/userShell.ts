import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { chosenShell } from './terminalSettings.ts';

/** A shell to start, with its absolute path and arguments. */
export interface UserShell {
  readonly path: string;
  readonly args: readonly string[];
}

/** The shell from the user settings, else the login shell, else a system default; never the workspace's. */
export function userShell(): UserShell {
  const chosen = chosenShell();
  if (chosen && isAbsolute(chosen.path)) return chosen;
  const login = loginShell();
  if (login && isAbsolute(login)) return { path: login, args: [] };
  return process.platform === 'win32'
    ? {
        path: join(
          process.env['SystemRoot'] ?? 'C:\\Windows',
          'System32',
          'WindowsPowerShell',
          'v1.0',
          'powershell.exe',
        ),
        args: [],
      }
    : { path: '/bin/sh', args: [] };
}

/** The shell in the system's list of accounts; empty for an account that is not in it, as in some containers. */
function loginShell(): string {
  try {
    return userInfo().shell ?? '';
  } catch {
    return '';
  }
}
