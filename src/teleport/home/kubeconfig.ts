import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { TeleportFailure } from '../process/failure.ts';
import { isInside } from '../environment/withoutWorkspace.ts';

/**
 * An empty kubeconfig. With it kubectl in an elevated shell does not fall back to the user's own kubeconfig.
 */
export const emptyKubeconfig =
  'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\ncurrent-context: ""\nusers: []\n';

/**
 * Sets TELEPORT_HOME of every user in a kubeconfig to `current`. `tsh kube login` writes the path of the
 * current generation, which is removed when the access is continued.
 * @param folder the private home; only paths inside it are changed
 * @throws TeleportFailure `unreadable` when tsh did not write a valid kubeconfig
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
  // The file is replaced by a rename, so that kubectl never reads a part of it.
  const temporary = `${file}.${randomUUID()}`;
  await writeFile(temporary, document.toString(), { mode: 0o600, flag: 'wx' });
  await rename(temporary, file);
}
