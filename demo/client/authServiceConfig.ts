// tctl on a machine with an auth service's configuration: it acts as the service itself.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { Refusal } from '../cli/refusal.ts';
import { isObject } from '../resources/resource.ts';

const off = ['no', 'false', 'off', false];

/**
 * Whether `-c` or TELEPORT_CONFIG_FILE names the configuration of an auth service: one runs unless its section
 * says no. Such a tctl needs no login and may do everything.
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
