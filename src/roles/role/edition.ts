import type { AccessRequest } from '../../access/request.ts';
import { resourceType } from './roleOrigin.ts';
import { isPlainObject, textsAt, valueAt, type PlainValue, type PlainObject } from './value.ts';

/** The edition of a Teleport cluster. */
export type EditionName = 'enterprise' | 'community';

/** Observations of a cluster from which its edition is inferred, because no command states the edition. */
export interface EditionSigns {
  /** The roles of the server; absent when the user may not read them. */
  readonly roles?: readonly PlainObject[];
  /** Whether `tctl get access_list` worked. */
  readonly accessLists?: boolean;
  readonly requests?: readonly Pick<AccessRequest, 'reviews' | 'resources'>[];
  /** Whether a review by this user worked; undefined when no review was tried. */
  readonly reviews?: boolean | undefined;
  /** Whether this user approved or denied a request with tctl. */
  readonly decides?: boolean | undefined;
  /** Whether the server refused a write with `is only available in enterprise subscriptions`. */
  readonly refused?: boolean;
}

/** The observation that proves Teleport Enterprise. */
export type EnterpriseSign = 'review' | 'resources' | 'roles' | 'accessLists';

/** Preset roles that only Teleport Enterprise creates. */
const enterprisePresets = ['requester', 'reviewer', '@teleport-access-approver'];

const isFilled = (value: PlainValue | undefined): boolean =>
  value !== undefined &&
  value !== null &&
  !(Array.isArray(value) && value.length === 0) &&
  !(isPlainObject(value) && Object.keys(value).length === 0);

/** Whether a role of the server can exist on Enterprise only (recorded: Community refuses these fields). */
function isEnterpriseRole(role: PlainObject): boolean {
  const [name = ''] = textsAt(role, ['metadata', 'name']);
  if (enterprisePresets.includes(name) && resourceType(role) !== undefined) return true;
  if (!['', 'optional'].includes(textsAt(role, ['spec', 'options', 'request_access'])[0] ?? '')) return true;
  return ['allow', 'deny'].some(
    (side) =>
      isFilled(valueAt(role, ['spec', side, 'request', 'thresholds'])) ||
      isFilled(valueAt(role, ['spec', side, 'request', 'search_as_roles'])) ||
      isFilled(valueAt(role, ['spec', side, 'review_requests'])),
  );
}

/** Finds the first observation that only Enterprise explains. */
export function enterpriseSign(signs: EditionSigns): EnterpriseSign | undefined {
  const { requests = [], roles = [] } = signs;
  if (signs.reviews === true || requests.some(({ reviews }) => reviews.length > 0)) return 'review';
  if (requests.some(({ resources }) => resources.length > 0)) return 'resources';
  if (roles.some(isEnterpriseRole)) return 'roles';
  return signs.accessLists === true ? 'accessLists' : undefined;
}

/**
 * Infers the edition.
 * @returns undefined when the observations do not show it, so that the user has to be asked
 */
export function editionOf(signs: EditionSigns): EditionName | undefined {
  if (enterpriseSign(signs)) return 'enterprise';
  return signs.refused === true || (signs.reviews === false && signs.decides === true)
    ? 'community'
    : undefined;
}
