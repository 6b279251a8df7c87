// Role manifests in the workspace of a person, and the same roles on the demo cluster.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readState } from '../../../demo/server/serverState.ts';
import type { TestPerson } from '../../../scripts/hosts/people.ts';
import type { E2eFixture } from './e2eFixture.ts';

/** Returns the manifest of dev-team as on the demo cluster, with the changes of a test. */
export const devTeam = (roles: readonly string[], more = ''): string => `# Who develops.
kind: role
version: v7
metadata:
  name: dev-team
spec:
  allow:
    logins: [dev]
    node_labels: {env: dev}
    request:
      roles: [${roles.join(', ')}]
      search_as_roles: [node-admin]
      thresholds:
        - {name: default, approve: 1, deny: 1}
      suggested_reviewers: [rita]
      max_duration: 4h
${more}  options:
    max_session_ttl: 12h
`;

/** The roles that dev-team may request on the demo cluster. */
export const usualRoles = ['kube-admin', 'prod-dba', 'two-eyes'];

export const manifestPath = (person: TestPerson, name: string): string =>
  join(person.workspace, 'teleport', 'roles', `${name}.yaml`);

/** Writes a manifest into the workspace. */
export async function writeManifest(person: TestPerson, name: string, text: string): Promise<TestPerson> {
  await mkdir(dirname(manifestPath(person, name)), { recursive: true });
  await writeFile(manifestPath(person, name), text);
  return person;
}

/** Returns the spec of a role on the cluster. */
export function specOnCluster(
  fixture: E2eFixture,
  name: string,
): { readonly allow: Record<string, unknown> } | undefined {
  const role = readState(fixture.demo.dir).roles.findLast(({ now }) => now?.metadata.name === name)?.now;
  return role?.spec as { readonly allow: Record<string, unknown> } | undefined;
}
/** Returns the roles that dev-team may request by now. */
export const requestableRoles = (fixture: E2eFixture): unknown =>
  (specOnCluster(fixture, 'dev-team')?.allow['request'] as { readonly roles?: unknown } | undefined)?.roles;
