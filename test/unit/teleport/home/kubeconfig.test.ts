import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { emptyKubeconfig, pinKubeconfig } from '../../../../src/teleport/home/kubeconfig.ts';
import { failsWith } from '../../../support/failsWith.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

interface Kubeconfig {
  readonly users: readonly {
    readonly name: string;
    readonly user: { readonly exec: { readonly env: unknown } };
  }[];
  readonly contexts: unknown;
}

describe('the kubeconfig of an elevated terminal', () => {
  const folder = useTemporaryFolder();

  const userEntry = (name: string, home: string): string =>
    `- name: ${name}\n  user:\n    exec:\n      command: /opt/tsh\n      args: [kube, credentials]\n      env:\n      - name: TELEPORT_HOME\n        value: ${home}\n      - {name: OTHER, value: "1"}\n`;
  const readConfig = async (): Promise<Kubeconfig> =>
    parse(await readFile(folder.at('kubeconfig'), 'utf8')) as Kubeconfig;

  it('asks the current generation, whichever tsh named; other homes and all else stay', async () => {
    const homeFolder = folder.at('home');
    const contexts = 'contexts:\n- {name: a, context: {namespace: payments, user: a}}\ncurrent-context: a\n';
    const text = `apiVersion: v1\nkind: Config\n${contexts}users:\n${userEntry('a', `${homeFolder}/gen-3`)}${userEntry('b', '/home/x/.tsh')}`;
    await writeFile(folder.at('kubeconfig'), text);
    const before = await readConfig();
    await pinKubeconfig(folder.at('kubeconfig'), homeFolder, `${homeFolder}/current`);
    const after = await readConfig();
    assert.deepEqual(after.contexts, before.contexts);
    assert.deepEqual(
      after.users.map((entry) => entry.user.exec.env),
      [
        [
          { name: 'TELEPORT_HOME', value: `${homeFolder}/current` },
          { name: 'OTHER', value: '1' },
        ],
        [
          { name: 'TELEPORT_HOME', value: '/home/x/.tsh' },
          { name: 'OTHER', value: '1' },
        ],
      ],
    );
    assert.equal((await stat(folder.at('kubeconfig'))).mode & 0o777, 0o600);
  });

  it('that is no kubeconfig is said to be unreadable, and left as it was', async () => {
    for (const text of ['', 'users: 7', 'a: [', '[]']) {
      await writeFile(folder.at('kubeconfig'), text);
      await failsWith(pinKubeconfig(folder.at('kubeconfig'), '/h', '/h/current'), 'unreadable', text);
      assert.equal(await readFile(folder.at('kubeconfig'), 'utf8'), text);
    }
  });

  it('begins with nothing, so that kubectl never falls back to the ordinary one', () => {
    assert.deepEqual((parse(emptyKubeconfig) as Kubeconfig).users, []);
  });
});
