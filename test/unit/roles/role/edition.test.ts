import assert from 'node:assert/strict';
import { editionOf, type EditionName, type EditionSigns } from '../../../../src/roles/role/edition.ts';
import { roleValue } from '../../../support/roles/roleValues.ts';
import { request, review } from '../../../support/samples.ts';

const assertEdition = (expected: EditionName | undefined, ...cases: readonly EditionSigns[]): void => {
  for (const signs of cases) assert.equal(editionOf(signs), expected, JSON.stringify(signs));
};

describe('the edition of a cluster', () => {
  it('is Enterprise where a role has a field that Community refuses', () => {
    for (const parts of [
      { allow: { request: { thresholds: [{ approve: 1 }] } } },
      { allow: { request: { search_as_roles: ['access'] } } },
      { allow: { review_requests: { roles: ['kube-admin'] } } },
      { deny: { review_requests: { roles: ['*'] } } },
      { options: { request_access: 'always' } },
    ])
      assertEdition('enterprise', { roles: [roleValue('dev-team', parts)] });
  });

  it('is Enterprise where Teleport itself made a role that only Enterprise has', () => {
    const labels = { 'teleport.internal/resource-type': 'preset' };
    for (const name of ['requester', 'reviewer', '@teleport-access-approver']) {
      assertEdition('enterprise', { roles: [roleValue(name, { labels })] });
      // A team may use the name as well.
      assertEdition(undefined, { roles: [roleValue(name)] });
    }
    assertEdition(undefined, { roles: [roleValue('access', { labels })] });
  });

  it('is Enterprise where somebody reviewed, asked by resource, or access lists can be read', () => {
    const resource = { cluster: request().user, kind: request().user, name: request().user };
    assertEdition(
      'enterprise',
      { requests: [request({ reviews: [review('rita')] })] },
      { requests: [request({ resources: [resource] })] },
      { reviews: true },
      { accessLists: true },
    );
  });

  it('is Community where a field was refused for want of a subscription, or tctl decides and nobody reviews', () =>
    assertEdition('community', { refused: true }, { reviews: false, decides: true }));

  it('is not known by what both editions have: then it is asked', () => {
    const both = roleValue('dev-team', {
      options: { request_access: 'optional' },
      allow: {
        request: { roles: ['kube-admin'], thresholds: [], suggested_reviewers: ['rita'], max_duration: '4h' },
        review_requests: {},
      },
    });
    // A person without review rights says nothing, and an Enterprise administrator may use tctl too.
    const signs: readonly EditionSigns[] = [
      {},
      { reviews: false },
      { decides: true },
      { accessLists: false },
    ];
    assertEdition(undefined, ...signs, { roles: [both], requests: [request()] });
  });
});
