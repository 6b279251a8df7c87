// Decides whether tctl runs on the machine of an auth service. Such a tctl acts as the auth service itself.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Refusal } from '../cli/refusal.ts';
import { isObject } from '../resources/resource.ts';

/** The values of `enabled` that disable the service. */
const off = ['no', 'false', 'off', false];

/**
 * Returns true when `-c` (`flag`) or TELEPORT_CONFIG_FILE names the configuration of an auth service. The
 * service counts as enabled unless its section disables it. Such a tctl needs no login and may do everything.
 * @throws Refusal when the file cannot be read.
 */
export function isAuthService(flag: string | undefined, env: NodeJS.ProcessEnv): boolean {
  const file = flag ?? env['TELEPORT_CONFIG_FILE'];
  if (!file) return false;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Refusal(`failed to read Teleport configuration: open ${file}: no such file or directory`);
  }
  const config: unknown = parse(text);
  const section = isObject(config) ? config['auth_service'] : undefined;
  const enabled = isObject(section) ? section['enabled'] : undefined;
  return isObject(config) && !off.includes(enabled as string | boolean);
}
