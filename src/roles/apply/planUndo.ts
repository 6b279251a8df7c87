import type { StoredResource } from '../../teleport/output/adminSchema.ts';
import { planOver, plainOf, textBeside, type RolePlan } from './planApply.ts';
import { roleChanges, ignoredBy } from '../role/roleDiff.ts';
import { isLeft, type ApplyRecord, type AppliedRole } from './applyHistory.ts';
import { writeYaml } from '../manifest/writeYaml.ts';

/** What undoing does to a role. */
export type UndoPlan = {
  readonly former: AppliedRole;
  /** From what the server holds to what it held. */
  readonly plan: RolePlan;
} & (
  | { readonly kind: 'restore' }
  /** The role was made: it is to go. */
  | { readonly kind: 'remove' }
  /** Somebody changed it after it was applied, which an undo would lose: what was applied, and the server's beside it. */
  | { readonly kind: 'moved'; readonly applied: string; readonly server: string }
  /** The server holds what was there before. */
  | { readonly kind: 'nothing' }
);

/** Plans the undo of an application, the role that was sent last first. */
export function planUndo({ roles }: ApplyRecord, held: readonly StoredResource[]): readonly UndoPlan[] {
  return roles
    .filter(isLeft)
    .reverse()
    .map((former): UndoPlan => {
      const now = held.find(({ name }) => name === former.name);
      const { before, sent } = former;
      const plan = planOver(former.name, before?.document, now);
      if (now?.revision === before?.revision || plan.fate === 'same')
        return { kind: 'nothing', former, plan };
      if (!now || !isAsApplied(former, now)) {
        const server = now ? textBeside(plainOf(now), sent) : '';
        return { kind: 'moved', former, plan, applied: writeYaml(sent), server };
      }
      return before ? { kind: 'restore', former, plan } : { kind: 'remove', former, plan };
    });
}

/** By its revision, or by what it holds: what was changed and put back since is nobody's loss. */
function isAsApplied({ after, sent }: AppliedRole, now: StoredResource): boolean {
  if (now.revision === after) return true;
  const held = plainOf(now);
  return ignoredBy(sent, held).length + roleChanges(held, sent).length === 0;
}
