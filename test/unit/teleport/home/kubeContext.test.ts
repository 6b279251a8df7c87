import assert from 'node:assert/strict';
import { stringify } from 'yaml';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { emptyKubeconfig } from '../../../../src/teleport/home/kubeconfig.ts';
import { readKubeContext } from '../../../../src/teleport/home/kubeContext.ts';

const config = (current: string, args: readonly unknown[], user = 'u'): string =>
  stringify({
    'current-context': current,
    contexts: [
      { name: 'a', context: { cluster: 'ent', user } },
      { name: 'kind', context: { cluster: 'kind', user: 'kind' } },
    ],
    users: [
      {
        name: 'u',
        user: { exec: { command: '/opt/tsh', args, env: [{ name: 'TELEPORT_HOME', value: '/x' }] } },
      },
      { name: 'kind', user: { token: 'x' } },
    ],
  });
// These arguments were recorded from a real `tsh kube login` of Teleport 18.
const args = [
  'kube',
  'credentials',
  '--kube-cluster=prod-eu',
  '--teleport-cluster=ent.example',
  '--proxy=p:443',
];

describe('where kubectl goes', () => {
  it('is in the arguments of what asks tsh, whatever the context is called', async () => {
    const expected = { kube: untrusted('prod-eu'), cluster: untrusted('ent.example') };
    assert.deepEqual(await readKubeContext(config('a', args)), expected);
    const separateArguments = [
      'kube',
      'credentials',
      '--kube-cluster',
      'prod-eu',
      '--teleport-cluster',
      'ent.example',
    ];
    assert.deepEqual(await readKubeContext(config('a', separateArguments)), expected);
  });

  it('is the name of the context where that is none of Teleport’s', async () => {
    assert.deepEqual(await readKubeContext(config('kind', args)), {
      kube: untrusted('kind'),
      cluster: undefined,
    });
    assert.deepEqual(await readKubeContext(config('a', args, 'nobody')), {
      kube: untrusted('a'),
      cluster: undefined,
    });
  });

  it('is nowhere without a current context, and nothing that was written makes the reader fail', async () => {
    const unusable = [
      emptyKubeconfig,
      '',
      'half: [',
      '[]',
      '7',
      '\0\u001b[31m',
      'current-context: 7',
      'current-context: a',
      'current-context: [a]\ncontexts: {a: 1}',
      'current-context: a\ncontexts: [7, null, {name: a, context: 3}]\nusers: x',
      config('missing', args),
      `a: &a [${'*a,'.repeat(3)}]`,
    ];
    for (const text of unusable) assert.equal(await readKubeContext(text), undefined, text);
    for (const odd of [[7, null], ['--kube-cluster'], 'text'])
      assert.deepEqual((await readKubeContext(config('a', odd as never)))?.kube, untrusted('a'));
  });
});
