import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { textsAt, type PlainObject } from './value.ts';

/**
 * The program that owns a role, such as `terraform` or `kubernetes` (the operator), from its
 * origin label. The program would revert a change made elsewhere. Undefined for the label
 * `dynamic` or no label: users own the role.
 */
export function ownerOf(role: PlainObject | undefined): Untrusted | undefined {
  const [origin = ''] = textsAt(role, ['metadata', 'labels', 'teleport.dev/origin']);
  return origin === '' || origin === 'dynamic' ? undefined : untrusted(origin);
}

/**
 * The resource type of a role that Teleport created: `preset` for users, `system`
 * for Teleport itself; else undefined.
 */
export const resourceType = (role: PlainObject | undefined): string | undefined =>
  textsAt(role, ['metadata', 'labels', 'teleport.internal/resource-type'])[0];
