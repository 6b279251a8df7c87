import * as vscode from 'vscode';
import { doctorUri, pageAt, pageScheme, requestUri, type PageId } from '../../editor/documents/pageUri.ts';

/** Provides pages as read-only documents, and redraws the open ones. */
export class PageProvider implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #render: (page: PageId) => Promise<string>;
  readonly #drawn = new Map<PageId, string>();
  readonly #registration: vscode.Disposable;

  /** @param render the text of a page as it is now */
  constructor(render: (page: PageId) => Promise<string>) {
    this.#render = render;
    this.#registration = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(pageScheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        const page = pageAt(uri);
        if (page) this.#drawn.delete(page);
      }),
    );
  }

  /** Called by VS Code. Renders a page as it is now; empty when the URI names no page. */
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const page = pageAt(uri);
    if (!page) return '';
    // Entered before rendering: a page that is closed meanwhile is removed and must not come back.
    this.#drawn.set(page, '');
    const text = await this.#render(page);
    if (this.#drawn.has(page)) this.#drawn.set(page, text);
    return text;
  }

  /** Redraws the open pages whose text has changed. */
  refresh(): void {
    // A page that cannot be loaded, because the extension was replaced, stays as it is.
    for (const page of this.#drawn.keys()) this.#redraw(page).catch(() => undefined);
  }

  async #redraw(page: PageId): Promise<void> {
    const text = await this.#render(page);
    const drawn = this.#drawn.get(page);
    // Empty: the page is being rendered for the first time.
    if (drawn && text !== drawn) this.#changed.fire(page === 'doctor' ? doctorUri : requestUri(page));
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }
}
