// Short ways to make roles and the answers of Set Up Roles.
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import {
  textAt,
  valueAt,
  type Path,
  type PlainObject,
  type PlainValue,
} from '../../../src/roles/role/value.ts';
import { defaultAnswers, type Answers, type KnownRoles } from '../../../src/roles/setup/answers.ts';
import { nextSteps, type NextStep } from '../../../src/roles/setup/nextSteps.ts';
import { planSetup } from '../../../src/roles/setup/planSetup.ts';
import { roleAfter } from '../../../src/roles/setup/roleWrite.ts';
import { names } from '../samples.ts';

/** The parts of a role besides its name. */
export interface RoleParts {
  readonly allow?: PlainObject;
  readonly deny?: PlainObject;
  readonly options?: PlainObject;
  /** The labels of the role itself. */
  readonly labels?: PlainObject;
  readonly version?: string;
}

/** Makes the value of a role. */
export const roleValue = (
  name: string,
  { labels = {}, version = 'v7', ...spec }: RoleParts = {},
): PlainObject => ({ kind: 'role', version, metadata: { name, labels }, spec: { ...spec } });

/** Makes an asking role with the clause `request`. */
export const askingRole = (request: PlainObject, name = 'dev-team'): PlainObject =>
  roleValue(name, { allow: { request } });

export const plainTeam = roleValue('dev-team', { options: {}, allow: { logins: ['dev'] } });

export const enterprise: Answers = { ...defaultAnswers, asking: names('dev-team'), edition: 'enterprise' };
export const community: Answers = { ...enterprise, edition: 'community' };
export const twoTeams: Answers = { ...enterprise, approvals: 'twoTeams' };

/** The known roles. Without `more` they are all roles of a server of version 17.2. */
export const knownRoles = (list: readonly PlainObject[], more: Partial<KnownRoles> = {}): KnownRoles => ({
  roles: new Map(list.map((value) => [untrusted(textAt(value, ['metadata', 'name'])), value])),
  complete: true,
  version: '17.2.0',
  ...more,
});

/** The changed roles after the plan was written, by name. */
export const rolesAfter = (answers: Answers, known: KnownRoles): Readonly<Record<string, PlainObject>> =>
  Object.fromEntries(
    planSetup(answers, known).map(({ role, write }) => [
      role as unknown as string,
      roleAfter(known.roles.get(role), write),
    ]),
  );

/** The value below `spec` in a role after the plan was written; undefined for a role that does not change. */
export const specAfter = (
  answers: Answers,
  roles: readonly PlainObject[],
  name: string,
  ...path: Path
): PlainValue | undefined => valueAt(rolesAfter(answers, knownRoles(roles))[name], ['spec', ...path]);

/** The kinds of the next steps. */
export const stepKinds = (answers: Answers, known: KnownRoles): readonly NextStep['kind'][] =>
  nextSteps(answers, known).map(({ kind }) => kind);
