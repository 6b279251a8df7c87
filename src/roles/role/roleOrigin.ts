import { untrusted, type Untrusted } from '../../access/text/untrusted.ts';
import { textsAt, type PlainObject } from './value.ts';

/**
 * The program that owns a role, such as `terraform` or `kubernetes` (the operator): what is changed elsewhere it would
 * change back. `dynamic`, or nothing, means that people own it.
 */
export function ownerOf(role: PlainObject | undefined): Untrusted | undefined {
  const [origin = ''] = textsAt(role, ['metadata', 'labels', 'teleport.dev/origin']);
  return origin === '' || origin === 'dynamic' ? undefined : untrusted(origin);
}

/** What Teleport itself made the role for: `preset` for people, `system` for its own work; undefined for a team's. */
export const resourceType = (role: PlainObject | undefined): string | undefined =>
  textsAt(role, ['metadata', 'labels', 'teleport.internal/resource-type'])[0];
