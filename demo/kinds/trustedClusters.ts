// The trusted cluster resource, which maps roles of another cluster to roles of this cluster. Its shape
// follows Teleport's published API (types.proto).
import { storeResource, defineStoredKind, type ResourceKind } from './resourceKind.ts';
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

/**
 * The trusted cluster kind. It stores no token, because the server never shows one, even with
 * `--with-secrets`.
 */
export const trustedClusterKind: ResourceKind = defineStoredKind({
  word: 'trusted_cluster',
  aliases: ['trusted_clusters', 'tc', 'cluster', 'clusters'],
  list: 'trustedClusters',
  notFoundMessage: (name) => `trusted cluster "${name}" is not found`,
  removedMessage: (name) => `trusted cluster "${name}" has been deleted`,
  create(state, manifest, { force }) {
    const fields = readFields(schema, manifest);
    const {
      enabled = false,
      roles,
      web_proxy_addr = '',
      tunnel_addr = '',
      role_map,
    } = objectIn(fields, 'spec');
    const spec = {
      enabled,
      ...(roles ? { roles } : {}),
      token: '',
      web_proxy_addr,
      tunnel_addr,
      ...(role_map ? { role_map } : {}),
    };
    const cluster = { kind: 'trusted_cluster', version: 'v2', metadata: newMetadata(fields), spec };
    storeResource(state, 'trustedClusters', cluster, force, 'trusted cluster');
    return `trusted cluster "${cluster.metadata.name}" has been created`;
  },
});
