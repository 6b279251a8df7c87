import type { AccessRequest } from '../../access/request.ts';
import { resourceType } from './roleOrigin.ts';
import { isPlainObject, textsAt, valueAt, type Plain, type PlainObject } from './value.ts';

export type EditionName = 'enterprise' | 'community';

/** What was seen of a cluster. No command states its edition, so it is inferred. */
export interface Signs {
  /** The roles the server holds, if they may be read. */
  readonly roles?: readonly PlainObject[];
  /** Whether `tctl get access_list` worked. */
  readonly accessLists?: boolean;
  readonly requests?: readonly Pick<AccessRequest, 'reviews' | 'resources'>[];
  /** Whether a review by this person worked; undefined when it was never tried. */
  readonly reviews?: boolean | undefined;
  /** Whether this person decided with tctl. */
  readonly decides?: boolean | undefined;
  /** Whether a write was refused with `is only available in enterprise subscriptions`. */
  readonly refused?: boolean;
}

/** What shows that a cluster is an Enterprise one. */
export type EnterpriseSign = 'review' | 'resources' | 'roles' | 'accessLists';

/** Roles that Teleport makes by itself on Enterprise only. */
const enterprisePresets = ['requester', 'reviewer', '@teleport-access-approver'];

const isThere = (value: Plain | undefined): boolean =>
  value !== undefined &&
  value !== null &&
  !(Array.isArray(value) && value.length === 0) &&
  !(isPlainObject(value) && Object.keys(value).length === 0);

/** Whether a role the server holds is one that only Enterprise takes (recorded: Community refuses these fields). */
function isEnterprises(role: PlainObject): boolean {
  const [name = ''] = textsAt(role, ['metadata', 'name']);
  if (enterprisePresets.includes(name) && resourceType(role) !== undefined) return true;
  if (!['', 'optional'].includes(textsAt(role, ['spec', 'options', 'request_access'])[0] ?? '')) return true;
  return ['allow', 'deny'].some(
    (side) =>
      isThere(valueAt(role, ['spec', side, 'request', 'thresholds'])) ||
      isThere(valueAt(role, ['spec', side, 'request', 'search_as_roles'])) ||
      isThere(valueAt(role, ['spec', side, 'review_requests'])),
  );
}

/** The first thing seen that only Enterprise has. */
export function enterpriseSign(signs: Signs): EnterpriseSign | undefined {
  const { requests = [], roles = [] } = signs;
  if (signs.reviews === true || requests.some(({ reviews }) => reviews.length > 0)) return 'review';
  if (requests.some(({ resources }) => resources.length > 0)) return 'resources';
  if (roles.some(isEnterprises)) return 'roles';
  return signs.accessLists === true ? 'accessLists' : undefined;
}

/** The edition, as far as something that was seen tells it; undefined: ask. */
export function editionOf(signs: Signs): EditionName | undefined {
  if (enterpriseSign(signs)) return 'enterprise';
  return signs.refused === true || (signs.reviews === false && signs.decides === true)
    ? 'community'
    : undefined;
}
