import * as vscode from 'vscode';
import { isRequestId, type RequestId } from '../../access/untrusted/untrusted.ts';

/** The URI scheme of the request pages and the Doctor's page. */
export const pageScheme = 'jit-access';

/** Identifies a page: by the id of its request, or as the Doctor's page. */
export type PageId = RequestId | 'doctor';

/** The URI of a request's page. The title shows the end of the id, which distinguishes pages. */
export function requestUri(id: RequestId): vscode.Uri {
  return vscode.Uri.from({ scheme: pageScheme, path: `/${id}/Request ${id.slice(-4)}` });
}

/** The URI of the Doctor's page. */
export const doctorUri = vscode.Uri.from({ scheme: pageScheme, path: '/doctor/JIT Access Doctor' });

/** The page that a URI belongs to; undefined if it is not a page of this extension. */
export function pageAt(uri: vscode.Uri): PageId | undefined {
  const id = uri.path.split('/')[1];
  if (uri.scheme !== pageScheme || id === undefined) return undefined;
  return id === 'doctor' || isRequestId(id) ? id : undefined;
}
