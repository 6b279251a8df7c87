import * as vscode from 'vscode';
import { isRequestId, type RequestId } from '../../access/text/untrusted.ts';

/** The scheme of our pages. */
export const pageScheme = 'jit-access';

/** A page: a request's, or the Doctor's. */
export type PageId = RequestId | 'doctor';

/** The address of a request's page; the end of the id tells pages apart. */
export function requestUri(id: RequestId): vscode.Uri {
  return vscode.Uri.from({ scheme: pageScheme, path: `/${id}/Request ${id.slice(-4)}` });
}

/** The address of the Doctor's page. */
export const doctorUri = vscode.Uri.from({ scheme: pageScheme, path: '/doctor/JIT Access Doctor' });

/** Which page an address is of. */
export function pageAt(uri: vscode.Uri): PageId | undefined {
  const id = uri.path.split('/')[1];
  if (uri.scheme !== pageScheme || id === undefined) return undefined;
  return id === 'doctor' || isRequestId(id) ? id : undefined;
}
