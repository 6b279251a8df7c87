import type { Log } from '../../editor/log.ts';
import type { LastLogin } from '../../state/memory/lastLogin.ts';
import type { Client } from '../../teleport/commands/client.ts';
import type { Home } from '../../teleport/home/home.ts';
import type { Environment } from '../../teleport/environment/environment.ts';
import type { SharedServices } from '../shared/services.ts';

/** The services of signing in, and of every command that needs a login. */
export interface LoginServices extends SharedServices {
  readonly client: Client;
  readonly mainLogin: Home;
  readonly lastLogin: LastLogin;
  readonly log: Log;
  /** The environment of the extension host. */
  readonly env: Environment;
  /** The workspace folders on this machine. Programs in them are neither searched nor run. */
  readonly workspace: () => readonly string[];
}
