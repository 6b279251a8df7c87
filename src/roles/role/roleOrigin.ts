import { untrusted, type Untrusted } from '../../access/untrusted/untrusted.ts';
import { textAt, type PlainObject } from './value.ts';

/** The preset roles of both editions that manifests name. */
export const presetsOfBothEditions = ['access', 'auditor', 'editor'];
/** The preset roles that only Teleport Enterprise creates (recorded). */
export const enterprisePresets = [
  '@teleport-access-approver',
  'device-admin',
  'group-access',
  'requester',
  'reviewer',
];

/**
 * The program that owns a role, such as `terraform` or `kubernetes` (the operator), from its
 * origin label. The program would revert a change made elsewhere. Undefined for the labels
 * `dynamic` and `defaults` or no label: users own the role.
 */
export function ownerOf(role: PlainObject | undefined): Untrusted | undefined {
  const origin = textAt(role, ['metadata', 'labels', 'teleport.dev/origin']);
  return ['', 'dynamic', 'defaults'].includes(origin) ? undefined : untrusted(origin);
}

/**
 * The resource type of a role that Teleport created: `preset` for users, `system`
 * for Teleport itself; else undefined.
 */
export const resourceType = (role: PlainObject | undefined): string | undefined =>
  textAt(role, ['metadata', 'labels', 'teleport.internal/resource-type']) || undefined;
