import * as l10n from '@vscode/l10n';
import { showWarning } from '../../editor/messages.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import { isTrusted, manageTrust } from '../../editor/workspaceTrust.ts';

/**
 * Returns only in a trusted workspace, because VS Code opens no terminals in Restricted Mode.
 * @param text the warning in an untrusted workspace
 * @throws Cancelled in an untrusted workspace
 */
export async function requireTrust(text: string): Promise<void> {
  if (isTrusted()) return;
  if (await showWarning(text, { title: l10n.t('Manage Workspace Trust'), value: true })) await manageTrust();
  throw new Cancelled();
}
