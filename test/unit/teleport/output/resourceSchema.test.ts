import assert from 'node:assert/strict';
import { resourceId } from '../../../../src/access/requestDraft.ts';
import { rawText } from '../../../../src/access/untrusted/untrusted.ts';
import {
  readKubeClusters,
  readResourceId,
  readRoles,
  readSearch,
} from '../../../../src/teleport/output/resourceSchema.ts';
import { readRecording } from '../../../support/recordings.ts';

const ids = (output: string): string[] => readSearch(output).map(({ resource }) => resourceId(resource));
const rows = (output: string): unknown[] =>
  readSearch(output).map(({ name, labels }) => [
    rawText(name),
    labels === undefined ? undefined : rawText(labels),
  ]);

const table = (hint: string): string =>
  [
    'Name                     Hostname  Labels   Resource ID              ',
    '------------------------ --------- -------- ------------------------ ',
    '6241445a-8e88-4954-83... node-one  env=prod /ent.example.test/nod... ',
    'af09de3d-716b-4954-83... node-two           /ent.example.test/nod... ',
    '',
    'To request access to these resources, run',
    hint,
    '    --reason <request reason>',
    '',
  ].join('\n');
const two = '--resource /c/node/6241445a --resource /c/node/af09de3d \\';

describe('what may be asked for by name', () => {
  it('is read from the recorded table with the full id, not the one that is cut', () => {
    const { stdout } = readRecording('search-nodes');
    assert.deepEqual(ids(stdout), ['/ent.example.test/node/6241445a-8e88-4954-83a0-bf09de3d716b']);
    assert.deepEqual(rows(stdout), [['node-ent', 'env=prod']]);
  });

  it('is nothing where the table is empty', () =>
    assert.deepEqual(readSearch(readRecording('search-kube').stdout), []));

  it('matches names to ids by their order', () => {
    const output = table(`> tsh request create ${two}`);
    assert.deepEqual(ids(output), ['/c/node/6241445a', '/c/node/af09de3d']);
    assert.deepEqual(rows(output), [
      ['node-one', 'env=prod'],
      ['node-two', undefined],
    ]);
  });

  it('has no name from the table where rows and ids do not fit together', () => {
    const output = table('> tsh request create --resource /c/node/6241445a \\');
    assert.deepEqual(rows(output), [['6241445a', undefined]]);
  });

  it('is read as JSON where this tsh has it', () => {
    const output = JSON.stringify([
      { Name: 'u-u-i-d', Hostname: 'web-1', Labels: 'env=prod', ResourceID: '/c/node/u-u-i-d' },
      { DatabaseName: 'orders', Labels: null, ResourceID: '/c/db/orders' },
      { Name: 'no id' },
      7,
    ]);
    assert.deepEqual(ids(output), ['/c/node/u-u-i-d', '/c/db/orders']);
    assert.deepEqual(rows(output), [
      ['web-1', 'env=prod'],
      ['orders', undefined],
    ]);
    assert.deepEqual(readSearch('[]'), []);
  });

  it('is no resource without a cluster, a kind and a name', () => {
    for (const text of ['', 'node', '/c/node', '/c//x', '/c/node/a b', 'c/node/x']) {
      assert.equal(readResourceId(text), undefined, text);
    }
    const pod = readResourceId('/c/pod/prod-eu/payments/api-0');
    assert.equal(pod && resourceId(pod), '/c/pod/prod-eu/payments/api-0');
  });

  it('are roles by name, from JSON and from the table', () => {
    assert.deepEqual(readRoles('[{"Role":"kube-admin","Description":"x"},{"Name":1}]').map(rawText), [
      'kube-admin',
    ]);
    const text =
      'Role       Description \n---------- ----------- \nkube-admin all of it   \nprod-dba               \n\nTo request\n';
    assert.deepEqual(readRoles(text).map(rawText), ['kube-admin', 'prod-dba']);
    assert.deepEqual(readRoles('No requestable roles found.\n'), []);
  });
});

describe('the Kubernetes clusters of a login', () => {
  it('are read with their names, none as none', () => {
    assert.deepEqual(readKubeClusters(readRecording('kiso-kube-ls').stdout), [
      { name: 'prod-eu', selected: false },
    ]);
    assert.deepEqual(readKubeClusters(readRecording('kube-ls-none').stdout), []);
    assert.deepEqual(readKubeClusters('null'), []);
  });
});
