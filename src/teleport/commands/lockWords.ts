import { type RequestId, type Untrusted, rawText, untrusted } from '../../access/untrusted/untrusted.ts';
import type { Home } from '../home/home.ts';
import { withThrowawayHome } from '../home/throwawayHome.ts';
import { failureOf } from '../process/failure.ts';
import type { Tsh } from './tsh.ts';

/**
 * Reads the message of a lock on a request. A call on the elevated home only gets `access denied`; assuming
 * the request in a fresh copy of the login gets the message. If the request is not locked, it is dropped in
 * the copy at once, so that nothing stays assumed without the user's knowledge.
 * @returns undefined when no lock is in force or tsh does not print its message
 */
export function lockWords(
  tsh: Tsh,
  root: string,
  mainLogin: Home,
  id: RequestId,
): Promise<Untrusted | undefined> {
  return withThrowawayHome(root, mainLogin, async (copy) => {
    try {
      await tsh.assume(copy, id);
    } catch (error) {
      const said = failureOf(error)?.said;
      const message = /is in force: (.+)$/.exec(said === undefined ? '' : rawText(said))?.[1];
      return message === undefined ? undefined : untrusted(message);
    }
    await tsh.drop(copy, []);
    return undefined;
  });
}
