// SSO connectors. Their shapes are those of Teleport's published API (types.proto) and of what other people's checks of
// `tctl get github` expect; the recorded clusters had none.
import { Refusal } from '../cli/refusal.ts';
import { demand, may } from '../server/authorization.ts';
import { store, stored, type ResourceKind } from './resourceKind.ts';
import { newMetadata, objectIn, type Json, type JsonObject, type StoredItem } from '../resources/resource.ts';
import { metadata } from '../resources/roleSchema.ts';
import { readFields, type ManifestField, type ManifestStruct } from '../resources/manifestSchema.ts';
import type { State } from '../server/serverState.ts';

/** Whose groups are mapped to which roles. */
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
  /** What is printed also when it is empty. */
  readonly empty: JsonObject;
  /** The field without which nobody could sign in with it. */
  readonly mapped: string;
  readonly unmapped: string;
  readonly missing: (name: string) => string;
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
    mapped: 'attributes_to_roles',
    unmapped: 'attributes_to_roles is empty, authorization with connector would never give any roles',
    missing: (name) => `SAML connector "${name}" is not configured`,
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
    mapped: 'claims_to_roles',
    unmapped: 'claims_to_roles is empty, authorization with connector would never give any roles',
    missing: (name) => `OpenID connector "${name}" is not configured`,
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
        // No longer taken, but printed.
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
    mapped: 'teams_to_roles',
    unmapped: 'team_to_logins or teams_to_roles mapping is invalid, no mappings defined.',
    missing: (name) => `github connector "${name}" is not configured`,
  },
];

/** A rule on connectors in general is enough; a refusal names that one. The verbs are looked at one after the other. */
const permit =
  (word: string): NonNullable<ResourceKind['permit']> =>
  (state, caller, verbs) => {
    for (const verb of verbs)
      if (!may(state, caller, verb, word)) demand(state, caller, [verb], 'auth_connector');
  };

const looking = ['list', 'readnosecrets'];

const kindOf = ({ word, version, spec, empty, mapped, unmapped, missing, title }: Connector): ResourceKind =>
  stored({
    word,
    list: word,
    aliases: word === 'github' ? [] : [`${word}s`],
    listing: looking,
    permit: permit(word),
    missing,
    removed: (name) => `${title} connector "${name}" has been deleted`,
    withoutSecrets: ({ spec: whole, ...rest }) => ({
      ...rest,
      spec: 'client_secret' in whole ? { ...whole, client_secret: '' } : whole,
    }),
    create(state, manifest, { force }) {
      if (word !== 'github' && state.edition === 'community') {
        throw new Refusal(`${title} is only available in Teleport Enterprise`);
      }
      const known = readFields({ go: `types.${title}Connector.`, fields: { metadata, spec } }, manifest);
      const said = objectIn(known, 'spec');
      if (!(mapped in said)) throw new Refusal(unmapped);
      const resource = { kind: word, version, metadata: newMetadata(known), spec: filled(spec, said, empty) };
      const before = store(state, word, resource, force, 'authentication connector');
      const verb = before && word !== 'saml' ? 'updated' : 'created';
      return `authentication connector "${resource.metadata.name}" has been ${verb}`;
    },
  });

/** The fields in their order, those that are never left out with what stands for nothing. */
const filled = ({ fields }: ManifestStruct, known: JsonObject, empty: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.keys(fields).flatMap((name): [string, Json][] => {
      const value = known[name] ?? empty[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const kinds = connectors.map(kindOf);

/** All of them at once. Who may not see one kind sees none, and is told of each. */
const all: ResourceKind = {
  word: 'connectors',
  aliases: ['connector'],
  resource: 'auth_connector',
  listing: looking,
  permit(state, caller, verbs) {
    const said = kinds.flatMap((kind) => {
      try {
        kind.permit?.(state, caller, verbs);
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
    if (said.length) throw new Refusal(said.join(', '));
  },
  all(state: State, now, name): StoredItem[] {
    if (name === undefined) return kinds.flatMap((kind) => kind.all(state, now, name));
    const found = kinds
      .flatMap((kind) => kind.all(state, now, undefined))
      .filter((each) => each.metadata.name === name);
    if (!found.length) throw new Refusal(connectors.map(({ missing }) => missing(name)).join(', '));
    return found;
  },
  withoutSecrets: (resource) =>
    kinds.find(({ word }) => word === resource.kind)?.withoutSecrets?.(resource) ?? resource,
};

export const connectorKinds: readonly ResourceKind[] = [all, ...kinds];
