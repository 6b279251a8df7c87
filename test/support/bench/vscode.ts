import { registerHooks } from 'node:module';

/** A stub of the parts of the VS Code API that tree views need. */
const vscodeStub = `
export class EventEmitter {
  listeners = [];
  event = (listener) => { this.listeners.push(listener); };
  fire(value) { for (const listener of this.listeners) listener(value); }
  dispose() {}
}
export class TreeItem { constructor(label, state) { this.label = label; this.collapsibleState = state; } }
export class ThemeIcon { constructor(id, color) { this.id = id; this.color = color; } }
export class ThemeColor { constructor(id) { this.id = id; } }
export const TreeItemCollapsibleState = { None: 0, Collapsed: 1, Expanded: 2 };
export const window = { createTreeView: () => ({ dispose() {} }) };
`;

/** Makes later imports of `vscode` resolve to the stub. */
export function stubVSCode(): void {
  const url = `data:text/javascript,${encodeURIComponent(vscodeStub)}`;
  registerHooks({
    resolve: (name, context, next) =>
      name === 'vscode' ? { url, format: 'module', shortCircuit: true } : next(name, context),
  });
}
