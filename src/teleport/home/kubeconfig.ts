import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { isInside } from '../process/environment.ts';
import { TeleportFailure } from '../process/failure.ts';

/** A kubeconfig with nothing in it: kubectl in an elevated shell never falls back to the ordinary one. */
export const emptyKubeconfig =
  'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\ncurrent-context: ""\nusers: []\n';

/**
 * Makes every user of a kubeconfig ask tsh with `current` as its home. `tsh kube login` writes the path of the
 * generation of that moment, which is removed when the access is continued.
 * @param folder the private home; only what names something inside it is changed
 * @throws TeleportFailure `unreadable` when tsh left no kubeconfig
 */
export async function pinKubeconfig(file: string, folder: string, current: string): Promise<void> {
  const { isMap, isSeq, parseDocument } = await import('./lazyYaml.ts');
  const document = parseDocument(await readFile(file, 'utf8'));
  const users = document.get('users');
  if (document.errors.length > 0 || !isSeq(users)) throw new TeleportFailure({ kind: 'unreadable' });
  for (const user of users.items) {
    const env = isMap(user) ? user.getIn(['user', 'exec', 'env']) : undefined;
    for (const variable of isSeq(env) ? env.items : []) {
      if (!isMap(variable) || variable.get('name') !== 'TELEPORT_HOME') continue;
      if (isInside(String(variable.get('value')), [folder])) variable.set('value', current);
    }
  }
  // Written beside and moved: a kubectl that reads it at this moment finds the whole of it.
  const beside = `${file}.${randomUUID()}`;
  await writeFile(beside, document.toString(), { mode: 0o600, flag: 'wx' });
  await rename(beside, file);
}
