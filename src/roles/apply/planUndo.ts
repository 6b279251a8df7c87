import type { Held } from '../../teleport/output/adminSchema.ts';
import { planOver, plainOf, textBeside, type RolePlan } from './planApply.ts';
import { changesBetween, ignoredBy } from '../role/roleDiff.ts';
import { isLeft, type Application, type Former } from './applyHistory.ts';
import { render } from '../manifest/writeYaml.ts';

/** What undoing does to a role. */
export type Undoing = {
  readonly former: Former;
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
export function planUndo({ roles }: Application, held: readonly Held[]): readonly Undoing[] {
  return roles
    .filter(isLeft)
    .reverse()
    .map((former): Undoing => {
      const now = held.find(({ name }) => name === former.name);
      const { before, sent } = former;
      const plan = planOver(former.name, before?.document, now);
      if (now?.revision === before?.revision || plan.fate === 'same')
        return { kind: 'nothing', former, plan };
      if (!now || !isAsApplied(former, now)) {
        const server = now ? textBeside(plainOf(now), sent) : '';
        return { kind: 'moved', former, plan, applied: render(sent), server };
      }
      return before ? { kind: 'restore', former, plan } : { kind: 'remove', former, plan };
    });
}

/** By its revision, or by what it holds: what was changed and put back since is nobody's loss. */
function isAsApplied({ after, sent }: Former, now: Held): boolean {
  if (now.revision === after) return true;
  const held = plainOf(now);
  return ignoredBy(sent, held).length + changesBetween(held, sent).length === 0;
}
