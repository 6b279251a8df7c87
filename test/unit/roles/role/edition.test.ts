import assert from 'node:assert/strict';
import { editionOf } from '../../../../src/roles/role/edition.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { request, review } from '../../../support/samples.ts';

const role = (spec: PlainObject, name = 'dev-team', labels: PlainObject = {}): PlainObject => ({
  kind: 'role',
  version: 'v7',
  metadata: { name, labels },
  spec,
});
const preset = { 'teleport.internal/resource-type': 'preset' };

describe('the edition of a cluster', () => {
  it('is Enterprise where a role has a field that Community refuses', () => {
    const fields: readonly PlainObject[] = [
      { allow: { request: { thresholds: [{ approve: 1 }] } } },
      { allow: { request: { search_as_roles: ['access'] } } },
      { allow: { review_requests: { roles: ['kube-admin'] } } },
      { deny: { review_requests: { roles: ['*'] } } },
      { options: { request_access: 'always' } },
    ];
    for (const spec of fields)
      assert.equal(editionOf({ roles: [role(spec)] }), 'enterprise', JSON.stringify(spec));
  });

  it('is Enterprise where Teleport itself made a role that only Enterprise has', () => {
    for (const name of ['requester', 'reviewer', '@teleport-access-approver'])
      assert.equal(editionOf({ roles: [role({}, name, preset)] }), 'enterprise');
    assert.equal(editionOf({ roles: [role({}, 'reviewer')] }), undefined, 'a team may use the name as well');
  });

  it('is Enterprise where somebody reviewed, asked by resource, or access lists can be read', () => {
    const resource = { cluster: request().user, kind: request().user, name: request().user };
    assert.equal(editionOf({ requests: [request({ reviews: [review('rita')] })] }), 'enterprise');
    assert.equal(editionOf({ requests: [request({ resources: [resource] })] }), 'enterprise');
    assert.equal(editionOf({ reviews: true }), 'enterprise');
    assert.equal(editionOf({ accessLists: true }), 'enterprise');
  });

  it('is Community where a field was refused for want of a subscription, or tctl decides and nobody reviews', () => {
    assert.equal(editionOf({ refused: true }), 'community');
    assert.equal(editionOf({ reviews: false, decides: true }), 'community');
  });

  it('is not known by what both editions have: then it is asked', () => {
    assert.equal(editionOf({}), undefined);
    assert.equal(editionOf({ reviews: false }), undefined, 'a person without review rights says nothing');
    assert.equal(editionOf({ decides: true }), undefined, 'an Enterprise administrator may use tctl too');
    assert.equal(editionOf({ accessLists: false }), undefined);
    const both = role({
      options: { request_access: 'optional' },
      allow: {
        request: { roles: ['kube-admin'], thresholds: [], suggested_reviewers: ['rita'], max_duration: '4h' },
        review_requests: {},
      },
    });
    assert.equal(editionOf({ roles: [both], requests: [request()] }), undefined);
  });
});
