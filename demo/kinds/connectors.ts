// The SSO connector resources. Their shapes follow Teleport's published API (types.proto) and the output of
// `tctl get github` that other projects' tests expect, because the recorded clusters had no connector.
import { Refusal } from '../cli/refusal.ts';
import { requirePermission, isPermitted } from '../server/authorization.ts';
import { defineFixedKind, defineStoredKind, storeResource, type ResourceKind } from './resourceKind.ts';
import { newMetadata, objectIn, type Json, type JsonObject } from '../resources/resource.ts';
import { metadata } from '../resources/roleSchema.ts';
import { readFields, type ManifestField, type ManifestStruct } from '../resources/manifestSchema.ts';

/** The field that maps teams of GitHub to roles. */
const mapping = (go: string): ManifestField => ({
  list: { go: `types.${go}.`, fields: { organization: 'text', team: 'text', roles: 'texts' } },
});

const schema: ManifestStruct = {
  go: 'types.GithubConnectorSpecV3.',
  fields: {
    client_id: 'text',
    client_secret: 'text',
    redirect_url: 'text',
    // The server no longer accepts this field, but still prints it.
    teams_to_logins: mapping('TeamMapping'),
    display: 'text',
    teams_to_roles: mapping('TeamRolesMapping'),
    endpoint_url: 'text',
    api_endpoint_url: 'text',
  },
};

/** The value of a field that the manifest does not give. The server prints such fields too. */
const emptyValue = (field: ManifestField | undefined): Json => (field === 'text' ? '' : null);

/**
 * Makes an access check for one kind of connector. A rule for `auth_connector`, which covers all kinds, is
 * enough. The refusal names `auth_connector`, and only the first missing verb because the server checks one
 * verb at a time.
 */
const accessCheck =
  (word: string): ResourceKind['checkAccess'] =>
  (state, caller, verbs) => {
    for (const verb of verbs)
      if (!isPermitted(state, caller, verb, word)) requirePermission(state, caller, [verb], 'auth_connector');
  };

const listVerbs = ['list', 'readnosecrets'];

/** A connector kind of which the demo has no resources. */
const emptyKind = (word: string, title: string): ResourceKind =>
  defineFixedKind({
    word,
    aliases: [`${word}s`],
    listVerbs,
    checkAccess: accessCheck(word),
    notFoundMessage: (name) => `${title} connector "${name}" is not configured`,
  });

const github = defineStoredKind({
  word: 'github',
  list: 'github',
  listVerbs,
  checkAccess: accessCheck('github'),
  notFoundMessage: (name) => `github connector "${name}" is not configured`,
  removedMessage: (name) => `github connector "${name}" has been deleted`,
  create(state, manifest, { force }) {
    const fields = readFields({ go: 'types.githubConnector.', fields: { metadata, spec: schema } }, manifest);
    // The server shows no secret, and the demo has no use for one.
    const given: JsonObject = { ...objectIn(fields, 'spec'), client_secret: '' };
    if (!('teams_to_roles' in given))
      throw new Refusal('team_to_logins or teams_to_roles mapping is invalid, no mappings defined.');
    const spec = Object.fromEntries(
      Object.entries(schema.fields).map(([name, field]) => [name, given[name] ?? emptyValue(field)]),
    );
    const resource = { kind: 'github', version: 'v3', metadata: newMetadata(fields), spec };
    const replaced = storeResource(state, 'github', resource, force, 'authentication connector');
    return `authentication connector "${resource.metadata.name}" has been ${replaced ? 'updated' : 'created'}`;
  },
});

const kinds = [emptyKind('saml', 'SAML'), emptyKind('oidc', 'OpenID'), github];

/**
 * The kind `connectors`, which lists the connectors of all kinds. A caller who may not read one of the kinds
 * sees none of them, and gets the refusals of all forbidden kinds in one message.
 */
const allConnectors: ResourceKind = {
  word: 'connectors',
  aliases: ['connector'],
  listVerbs,
  checkAccess(state, caller, verbs) {
    const refusals = kinds.flatMap((kind) => {
      try {
        kind.checkAccess(state, caller, verbs);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
    if (refusals.length) throw new Refusal(refusals.join(', '));
  },
  get: (state, now, name) => github.get(state, now, name),
};

/** The SAML, OIDC and GitHub connector kinds, and the kind that lists all of them. */
export const connectorKinds: readonly ResourceKind[] = [allConnectors, ...kinds];
