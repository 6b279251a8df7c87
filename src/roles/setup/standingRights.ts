import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Answers, KnownRoles } from './answers.ts';
import { elevatedRole } from './elevatedRole.ts';
import { principalsByKind } from '../role/roleContent.ts';
import { textsAt, type Path } from '../role/value.ts';

/**
 * A right that an asking role gives its holders all the time, although the
 * elevated role gives it for a limited time.
 */
export interface StandingRight {
  readonly role: Untrusted;
  readonly path: Path;
  /** The value in the field, such as `system:masters`. */
  readonly value: string;
}

/** Labels are left out, because users need them every day. */
const rightFields = [...Object.values(principalsByKind).flat(), 'host_sudoers'];

/** The key of a standing right in `Answers.keep`. */
export const standingKey = ({ role, path, value }: StandingRight): string =>
  JSON.stringify([rawText(role), path.at(-1), value]);

/**
 * Finds the rights of the elevated role that the asking roles already give. `*`
 * counts as every value of the field.
 */
export function standingRights(answers: Answers, known: KnownRoles): readonly StandingRight[] {
  const elevated = elevatedRole(answers, known);
  return answers.asking.flatMap((role) =>
    rightFields.flatMap((field) => {
      const path: Path = ['spec', 'allow', field];
      const elevatedValues = textsAt(elevated, path);
      return textsAt(known.roles.get(role), path)
        .filter((value) => elevatedValues.includes(value) || (value === '*' && elevatedValues.length > 0))
        .map((value) => ({ role, path, value }));
    }),
  );
}
