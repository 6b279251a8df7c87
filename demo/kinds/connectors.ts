// The SSO connector resources. Their shapes follow Teleport's published API (types.proto) and the output of
// `tctl get github` that other projects' tests expect, because the recorded clusters had no connector.
import { Refusal } from '../cli/refusal.ts';
import { requirePermission, isPermitted } from '../server/authorization.ts';
import { storeResource, defineStoredKind, type ResourceKind } from './resourceKind.ts';
import { newMetadata, objectIn, type Json, type JsonObject, type StoredItem } from '../resources/resource.ts';
import { metadata } from '../resources/roleSchema.ts';
import { readFields, type ManifestField, type ManifestStruct } from '../resources/manifestSchema.ts';
import type { State } from '../server/serverState.ts';

/** The field that maps groups of the identity provider to roles. */
const mapping = (go: string, ...names: readonly string[]): ManifestField => ({
  list: {
    go: `types.${go}.`,
    fields: { ...Object.fromEntries(names.map((name) => [name, 'text'])), roles: 'texts' },
  },
});

interface Connector {
  readonly word: 'saml' | 'oidc' | 'github';
  readonly version: string;
  readonly spec: ManifestStruct;
  /** The fields that the server prints even when they are empty, with their empty values. */
  readonly empty: JsonObject;
  /** The field that maps groups to roles. The server refuses a connector without it. */
  readonly mappingField: string;
  readonly noMappingMessage: string;
  readonly notFoundMessage: (name: string) => string;
  readonly title: string;
}

const connectors: readonly Connector[] = [
  {
    word: 'saml',
    version: 'v2',
    title: 'SAML',
    spec: {
      go: 'types.SAMLConnectorSpecV2.',
      fields: {
        issuer: 'text',
        sso: 'text',
        cert: 'text',
        display: 'text',
        acs: 'text',
        audience: 'text',
        service_provider_issuer: 'text',
        entity_descriptor: 'text',
        entity_descriptor_url: 'text',
        attributes_to_roles: mapping('AttributeMapping', 'name', 'value'),
        provider: 'text',
        allow_idp_initiated: 'flagIfSet',
      },
    },
    empty: {
      ...{ issuer: '', sso: '', cert: '', display: '', acs: '', audience: '', service_provider_issuer: '' },
      ...{ entity_descriptor: '', entity_descriptor_url: '' },
    },
    mappingField: 'attributes_to_roles',
    noMappingMessage: 'attributes_to_roles is empty, authorization with connector would never give any roles',
    notFoundMessage: (name) => `SAML connector "${name}" is not configured`,
  },
  {
    word: 'oidc',
    version: 'v3',
    title: 'OIDC',
    spec: {
      go: 'types.OIDCConnectorSpecV3.',
      fields: {
        issuer_url: 'text',
        client_id: 'text',
        client_secret: 'text',
        acr_values: 'text',
        provider: 'text',
        display: 'text',
        scope: 'texts',
        prompt: 'text',
        claims_to_roles: mapping('ClaimMapping', 'claim', 'value'),
        google_service_account_uri: 'text',
        google_admin_email: 'text',
        redirect_url: 'textOrTexts',
        allow_unverified_email: 'flagIfSet',
        username_claim: 'text',
      },
    },
    empty: { issuer_url: '', client_id: '', client_secret: '', redirect_url: null },
    mappingField: 'claims_to_roles',
    noMappingMessage: 'claims_to_roles is empty, authorization with connector would never give any roles',
    notFoundMessage: (name) => `OpenID connector "${name}" is not configured`,
  },
  {
    word: 'github',
    version: 'v3',
    title: 'github',
    spec: {
      go: 'types.GithubConnectorSpecV3.',
      fields: {
        client_id: 'text',
        client_secret: 'text',
        redirect_url: 'text',
        // The server no longer accepts this field, but still prints it.
        teams_to_logins: mapping('TeamMapping', 'organization', 'team'),
        display: 'text',
        teams_to_roles: mapping('TeamRolesMapping', 'organization', 'team'),
        endpoint_url: 'text',
        api_endpoint_url: 'text',
      },
    },
    empty: {
      ...{ client_id: '', client_secret: '', redirect_url: '', teams_to_logins: null, display: '' },
      ...{ endpoint_url: '', api_endpoint_url: '' },
    },
    mappingField: 'teams_to_roles',
    noMappingMessage: 'team_to_logins or teams_to_roles mapping is invalid, no mappings defined.',
    notFoundMessage: (name) => `github connector "${name}" is not configured`,
  },
];

/**
 * Makes an access check for one kind of connector. A rule for `auth_connector`, which covers all kinds, is
 * enough. The refusal names `auth_connector`, and only the first missing verb because the server checks one
 * verb at a time.
 */
const accessCheck =
  (word: string): NonNullable<ResourceKind['checkAccess']> =>
  (state, caller, verbs) => {
    for (const verb of verbs)
      if (!isPermitted(state, caller, verb, word)) requirePermission(state, caller, [verb], 'auth_connector');
  };

const listVerbs = ['list', 'readnosecrets'];

const kindOf = ({
  word,
  version,
  spec,
  empty,
  mappingField,
  noMappingMessage,
  notFoundMessage,
  title,
}: Connector): ResourceKind =>
  defineStoredKind({
    word,
    list: word,
    aliases: word === 'github' ? [] : [`${word}s`],
    listVerbs,
    checkAccess: accessCheck(word),
    notFoundMessage,
    removedMessage: (name) => `${title} connector "${name}" has been deleted`,
    withoutSecrets: ({ spec: fullSpec, ...rest }) => ({
      ...rest,
      spec: 'client_secret' in fullSpec ? { ...fullSpec, client_secret: '' } : fullSpec,
    }),
    create(state, manifest, { force }) {
      if (word !== 'github' && state.edition === 'community') {
        throw new Refusal(`${title} is only available in Teleport Enterprise`);
      }
      const manifestFields = readFields(
        { go: `types.${title}Connector.`, fields: { metadata, spec } },
        manifest,
      );
      const given = objectIn(manifestFields, 'spec');
      if (!(mappingField in given)) throw new Refusal(noMappingMessage);
      const resource = {
        kind: word,
        version,
        metadata: newMetadata(manifestFields),
        spec: withEmptyFields(spec, given, empty),
      };
      const replaced = storeResource(state, word, resource, force, 'authentication connector');
      const verb = replaced && word !== 'saml' ? 'updated' : 'created';
      return `authentication connector "${resource.metadata.name}" has been ${verb}`;
    },
  });

/**
 * Puts the known fields in the order of the schema, and adds the empty values of the fields that are always
 * printed.
 */
const withEmptyFields = ({ fields }: ManifestStruct, known: JsonObject, empty: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.keys(fields).flatMap((name): [string, Json][] => {
      const value = known[name] ?? empty[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const kinds = connectors.map(kindOf);

/**
 * The kind `connectors`, which lists the connectors of all kinds. A caller who may not read one of the kinds
 * sees none of them, and gets the refusals of all forbidden kinds in one message.
 */
const allConnectors: ResourceKind = {
  word: 'connectors',
  aliases: ['connector'],
  resource: 'auth_connector',
  listVerbs,
  checkAccess(state, caller, verbs) {
    const refusals = kinds.flatMap((kind) => {
      try {
        kind.checkAccess?.(state, caller, verbs);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
    if (refusals.length) throw new Refusal(refusals.join(', '));
  },
  get(state: State, now, name): StoredItem[] {
    if (name === undefined) return kinds.flatMap((kind) => kind.get(state, now, name));
    const matching = kinds
      .flatMap((kind) => kind.get(state, now, undefined))
      .filter((each) => each.metadata.name === name);
    if (!matching.length)
      throw new Refusal(connectors.map(({ notFoundMessage }) => notFoundMessage(name)).join(', '));
    return matching;
  },
  withoutSecrets: (resource) =>
    kinds.find(({ word }) => word === resource.kind)?.withoutSecrets?.(resource) ?? resource,
};

/** The SAML, OIDC and GitHub connector kinds, and the kind that lists all of them. */
export const connectorKinds: readonly ResourceKind[] = [allConnectors, ...kinds];
