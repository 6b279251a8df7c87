import * as vscode from 'vscode';
import type { RequestId } from '../access/text.ts';
import { pageScheme, requestOf, requestUri } from '../editor/requestUri.ts';

/** Shows request pages as read-only documents, and redraws the ones that are open. */
export class Pages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #write: (id: RequestId) => string;
  readonly #drawn = new Map<RequestId, string>();
  readonly #registration: vscode.Disposable;

  constructor(write: (id: RequestId) => string) {
    this.#write = write;
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(pageScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        const id = requestOf(uri);
        if (id) this.#drawn.delete(id);
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const id = requestOf(uri);
    if (!id) return '';
    const text = this.#write(id);
    this.#drawn.set(id, text);
    return text;
  }

  /** Redraws the open pages whose words have changed. */
  refresh(): void {
    for (const [id, text] of this.#drawn) if (this.#write(id) !== text) this.#changed.fire(requestUri(id));
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
