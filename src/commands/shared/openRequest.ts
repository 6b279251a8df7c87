import * as vscode from 'vscode';
import type { RequestId } from '../../access/untrusted/untrusted.ts';
import { requestUri } from '../../editor/documents/pageUri.ts';

/** Opens the request page, a read-only document that is updated with the request. */
export async function openRequest(id: RequestId): Promise<void> {
  await vscode.window.showTextDocument(requestUri(id), { preview: true });
}
