import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { actsAsService } from '../../../../src/teleport/commands/authServiceConfig.ts';
import { useTemporaryFolder } from '../../../support/temporaryFolder.ts';

describe('tctl on a machine that serves', () => {
  const folder = useTemporaryFolder();

  const actsWith = async (text: string): Promise<boolean> => {
    await writeFile(folder.at('teleport.yaml'), text);
    return actsAsService(folder.at('teleport.yaml'));
  };

  it('would act as the service, unless its configuration switches that off', async () => {
    for (const text of [
      'auth_service: {enabled: "yes"}',
      'teleport: {}',
      'auth_service:\n',
      'auth_service: {enabled: true}',
      'auth_service: {cluster_name: x}',
    ]) {
      assert.ok(await actsWith(text), text);
    }
    for (const text of [
      'auth_service: {enabled: "no"}',
      'auth_service: {enabled: no}',
      'auth_service: {enabled: false}',
    ]) {
      assert.ok(!(await actsWith(text)), text);
    }
  });

  it('is not used either when the configuration cannot be understood', async () => {
    for (const text of ['a: [', '7', '', 'auth_service: 7']) assert.ok(await actsWith(text), text);
  });

  it('is used where there is no such configuration', async () => {
    assert.ok(!(await actsAsService(folder.at('nothing'))));
  });
});
