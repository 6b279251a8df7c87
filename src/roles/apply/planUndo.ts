import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { planOverwrite, comparableText } from './planApply.ts';
import type { RolePlan } from './rolePlan.ts';
import { roleChanges, ignoredFields } from '../role/roleDiff.ts';
import { canUndo, type ApplyRecord, type AppliedRole } from './applyHistory.ts';
import { writeYaml } from '../manifest/writeYaml.ts';

/** What an undo does to one role. */
export type UndoPlan = {
  readonly role: AppliedRole;
  /** The plan from the server's current role back to the role before Apply. */
  readonly plan: RolePlan;
} & (
  | { readonly kind: 'restore' }
  /** Apply created the role, so the undo removes it. */
  | { readonly kind: 'remove' }
  /** Another user changed the role after Apply, and an undo would lose that change. The texts are for a diff. */
  | { readonly kind: 'changedSince'; readonly applied: string; readonly server: string }
  /** The server already holds the role as it was before Apply. */
  | { readonly kind: 'alreadyUndone' }
);

/** Plans the undo of one Apply. The role that was sent last comes first. */
export function planUndo(
  { roles }: ApplyRecord,
  serverRoles: readonly StoredResource[],
): readonly UndoPlan[] {
  return roles
    .filter(canUndo)
    .reverse()
    .map((role): UndoPlan => {
      const current = serverRoles.find(({ name }) => name === role.name);
      const { before, sent } = role;
      const plan = planOverwrite(role.name, before?.document, current);
      if (current?.revision === before?.revision || plan.status === 'same')
        return { kind: 'alreadyUndone', role, plan };
      if (!current || !isAsApplied(role, current)) {
        const server = current ? comparableText(current.document, sent) : '';
        return { kind: 'changedSince', role, plan, applied: writeYaml(sent), server };
      }
      return before ? { kind: 'restore', role, plan } : { kind: 'remove', role, plan };
    });
}

/**
 * Whether the server's role has the revision or the content that Apply left. A
 * change that was reverted loses nothing.
 */
function isAsApplied({ after, sent }: AppliedRole, current: StoredResource): boolean {
  if (current.revision === after) return true;
  return ignoredFields(sent, current.document).length + roleChanges(current.document, sent).length === 0;
}
