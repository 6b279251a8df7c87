import * as vscode from 'vscode';
import { isRequestId, type RequestId } from '../access/text.ts';

/** The scheme of request pages. */
export const pageScheme = 'jit-access';

/** The address of a request's page; the end of the id tells pages apart. */
export function requestUri(id: RequestId): vscode.Uri {
  return vscode.Uri.from({ scheme: pageScheme, path: `/${id}/Request ${id.slice(-4)}` });
}

/** The request a page is about. */
export function requestOf(uri: vscode.Uri): RequestId | undefined {
  const id = uri.path.split('/')[1];
  return uri.scheme === pageScheme && id !== undefined && isRequestId(id) ? id : undefined;
}
