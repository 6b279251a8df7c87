import { rawText, type Untrusted } from '../../access/text/untrusted.ts';
import type { Answers, KnownRoles } from './answers.ts';
import { elevatedRole } from './elevatedRole.ts';
import { textsAt, type Path } from '../role/value.ts';

/** A right that people of an asking role hold for good, though the elevated role is to give it for a while. */
export interface StandingRight {
  readonly role: Untrusted;
  readonly path: Path;
  /** Such as `system:masters`; Teleport's own word or the team's. */
  readonly value: string;
}

/** The fields that say as whom one acts. Labels say where, and are a team's ordinary reach. */
const principalFields = [
  ...['kubernetes_groups', 'kubernetes_users', 'logins', 'db_users', 'db_roles', 'windows_desktop_logins'],
  ...['aws_role_arns', 'azure_identities', 'gcp_service_accounts', 'host_sudoers'],
];

export const standingKey = ({ role, path, value }: StandingRight): string =>
  JSON.stringify([rawText(role), path.at(-1), value]);

/** What the asking roles hold of what the elevated role gives; `*` stands for all of it. */
export function standingRights(answers: Answers, known: KnownRoles): readonly StandingRight[] {
  const elevated = elevatedRole(answers, known);
  return answers.asking.flatMap((role) =>
    principalFields.flatMap((field) => {
      const path: Path = ['spec', 'allow', field];
      const gives = textsAt(elevated, path);
      return textsAt(known.roles.get(role), path)
        .filter((value) => gives.includes(value) || (value === '*' && gives.length > 0))
        .map((value) => ({ role, path, value }));
    }),
  );
}
