import * as l10n from '@vscode/l10n';
import { showInfo, withProgress } from '../../editor/messages.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { sendPlans, type SendOutcome, type SendTask } from '../../roles/apply/sendRoles.ts';
import type { ApplyRolesServices } from './services.ts';

/** Whether this window is sending roles. */
let isSending = false;

/**
 * Sends roles and shows the progress. A window sends only one Apply or Undo at a time.
 * @returns undefined after a message, if this window is sending other roles
 */
export async function sendWithProgress(
  services: ApplyRolesServices,
  plans: readonly RolePlan[],
  task: SendTask,
): Promise<SendOutcome | undefined> {
  if (isSending) {
    void showInfo(l10n.t('Roles are being sent already. Nothing more was sent; wait until that is done.'));
    return undefined;
  }
  isSending = true;
  try {
    const title = l10n.t('Sending roles and reading them back…');
    return await withProgress(title, () => sendPlans(plans, task, services));
  } finally {
    isSending = false;
  }
}
