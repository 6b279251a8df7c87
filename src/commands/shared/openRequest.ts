import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import type { showInfo } from '../../editor/messages.ts';
import { requestUri } from '../../editor/documents/pageUri.ts';

/** Opens the request page, a read-only document that is updated with the request. */
export async function openRequest(id: RequestId): Promise<void> {
  await vscode.window.showTextDocument(requestUri(id), { preview: true });
}

/** Shows a message about a request, with a button that opens the request page. */
export async function showWithRequest(show: typeof showInfo, text: string, id: RequestId): Promise<void> {
  if (await show(text, { title: l10n.t('Open Request'), value: true })) await openRequest(id);
}
