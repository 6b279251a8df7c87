// Trusted clusters: whose roles become which here. The shape is that of Teleport's published API (types.proto).
import { store, stored, type ResourceKind } from './resourceKind.ts';
import { newMetadata, objectIn } from '../resources/resource.ts';
import { metadata } from '../resources/roleSchema.ts';
import { readFields, type ManifestStruct } from '../resources/manifestSchema.ts';

const schema: ManifestStruct = {
  go: 'types.TrustedClusterV2.',
  fields: {
    metadata,
    spec: {
      go: 'types.TrustedClusterSpecV2.',
      fields: {
        enabled: 'flag',
        roles: 'texts',
        token: 'text',
        web_proxy_addr: 'text',
        tunnel_addr: 'text',
        role_map: { list: { go: 'types.RoleMapping.', fields: { remote: 'text', local: 'texts' } } },
      },
    },
  },
};

/** The token of one that is there is never shown, asked for or not. */
export const trustedClusterKind: ResourceKind = stored({
  word: 'trusted_cluster',
  aliases: ['trusted_clusters', 'tc', 'cluster', 'clusters'],
  list: 'trustedClusters',
  missing: (name) => `trusted cluster "${name}" is not found`,
  removed: (name) => `trusted cluster "${name}" has been deleted`,
  create(state, manifest, { force }) {
    const known = readFields(schema, manifest);
    const {
      enabled = false,
      roles,
      web_proxy_addr = '',
      tunnel_addr = '',
      role_map,
    } = objectIn(known, 'spec');
    const spec = {
      enabled,
      ...(roles ? { roles } : {}),
      token: '',
      web_proxy_addr,
      tunnel_addr,
      ...(role_map ? { role_map } : {}),
    };
    const cluster = { kind: 'trusted_cluster', version: 'v2', metadata: newMetadata(known), spec };
    store(state, 'trustedClusters', cluster, force, 'trusted cluster');
    return `trusted cluster "${cluster.metadata.name}" has been created`;
  },
});
