// A client of tsh and tctl at given paths.
import { Client, type ClientParts } from '../../src/teleport/commands/client.ts';
import type { Run } from '../../src/teleport/process/outcome.ts';
import { run } from '../../src/teleport/process/runProcess.ts';

/** Loads the function that runs real programs. */
export const loadRun = (): Promise<Run> => Promise.resolve(run);

/**
 * Makes a client, by default with the environment of the tests and without a workspace.
 * @param programs the paths of tsh and tctl, or one path for both
 */
export function testClient(
  programs: string | Readonly<Record<'tsh' | 'tctl', string>>,
  parts: Partial<ClientParts> = {},
): Client {
  return new Client({
    loadRun,
    env: process.env,
    programSetting: (name) => (typeof programs === 'string' ? programs : programs[name]),
    workspace: () => [],
    ...parts,
  });
}
