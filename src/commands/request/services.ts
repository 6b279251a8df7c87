import type { Elevations } from '../../state/elevation/elevations.ts';
import type { Drafts } from '../../state/memory/drafts.ts';
import type { Journal } from '../../state/memory/journal.ts';
import type { WatchedRequests } from '../../state/memory/watchedRequests.ts';
import type { KnownRights } from '../../state/memory/knownRights.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import type { ResourceSearch } from '../../teleport/commands/tshResourceSearch.ts';
import type { LoginServices } from '../login/services.ts';

/** The services of requesting access. */
export interface RequestServices extends LoginServices {
  readonly drafts: Drafts;
  readonly elevations: Elevations;
  readonly journal: Journal;
  readonly resources: ResourceSearch;
  readonly rights: KnownRights;
  readonly tctl: Tctl;
  readonly tsh: Tsh;
  readonly watched: WatchedRequests;
}
