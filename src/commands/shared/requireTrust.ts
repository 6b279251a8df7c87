import * as l10n from '@vscode/l10n';
import { showWarning } from '../../editor/messages.ts';
import { Cancelled } from '../../editor/quickInput.ts';
import { isTrusted, manageTrust } from '../../editor/workspaceTrust.ts';

/**
 * Goes on only where terminals can be opened, which VS Code does not do in Restricted Mode.
 * @param text what is said where they cannot
 * @throws Left
 */
export async function requireTrust(text: string): Promise<void> {
  if (isTrusted()) return;
  if (await showWarning(text, { title: l10n.t('Manage Workspace Trust'), value: true })) await manageTrust();
  throw new Cancelled();
}
