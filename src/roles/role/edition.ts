import type { AccessRequest } from '../../access/request.ts';
import { rolePaths } from './roleContent.ts';
import { enterprisePresets, resourceType } from './roleOrigin.ts';
import { isUnset } from './roleSchema.ts';
import { textAt, valueAt, type Path, type PlainObject } from './value.ts';

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

/**
 * The set fields of a role that only Enterprise has (recorded: Community refuses them). A login strategy of
 * `optional` is the default of both editions.
 */
export function enterpriseFieldsOf(role: PlainObject): readonly Path[] {
  const paths = ['allow', 'deny'].flatMap((side): Path[] => [
    ['spec', side, 'request', 'thresholds'],
    ['spec', side, 'request', 'search_as_roles'],
    ['spec', side, 'review_requests'],
  ]);
  return [...paths, rolePaths.requestAccess].filter((path) => {
    const value = valueAt(role, path);
    return !isUnset(value) && value !== 'optional';
  });
}

/** Whether a role of the server can exist on Enterprise only. */
const isEnterpriseRole = (role: PlainObject): boolean =>
  enterpriseFieldsOf(role).length > 0 ||
  (enterprisePresets.includes(textAt(role, ['metadata', 'name'])) && resourceType(role) !== undefined);

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
