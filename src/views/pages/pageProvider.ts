import * as vscode from 'vscode';
import { doctorUri, pageAt, pageScheme, requestUri, type PageId } from '../../editor/documents/pageUri.ts';

/** Shows pages as read-only documents, and redraws the ones that are open. */
export class PageProvider implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #write: (page: PageId) => string;
  readonly #drawn = new Map<PageId, string>();
  readonly #registration: vscode.Disposable;

  constructor(write: (page: PageId) => string) {
    this.#write = write;
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(pageScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        const page = pageAt(uri);
        if (page) this.#drawn.delete(page);
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const page = pageAt(uri);
    if (!page) return '';
    const text = this.#write(page);
    this.#drawn.set(page, text);
    return text;
  }

  /** Redraws the open pages whose words have changed. */
  refresh(): void {
    for (const [page, text] of this.#drawn) {
      if (this.#write(page) !== text) this.#changed.fire(page === 'doctor' ? doctorUri : requestUri(page));
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
