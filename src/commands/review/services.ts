import type { Drafts } from '../../state/memory/drafts.ts';
import type { Journal } from '../../state/memory/journal.ts';
import type { KnownRights } from '../../state/memory/knownRights.ts';
import type { WatchedRequests } from '../../state/memory/watchedRequests.ts';
import type { Tctl } from '../../teleport/commands/tctl.ts';
import type { Tsh } from '../../teleport/commands/tsh.ts';
import type { LoginServices } from '../login/services.ts';

/** The services of approving and denying requests. */
export interface ReviewServices extends LoginServices {
  readonly drafts: Drafts;
  readonly journal: Journal;
  readonly rights: KnownRights;
  readonly tctl: Tctl;
  readonly tsh: Tsh;
  readonly watched: WatchedRequests;
}
