import * as vscode from 'vscode';
import { forStatusBar } from '../access/inert.ts';
import type { Foreign } from '../access/text.ts';
import type { Path, PlainObject } from '../roles/plain.ts';
import type { Tools } from './tools.ts';

/** Opens a role as the cluster has it, as a text to read. @throws TeleportFailure */
export async function openManifest(tools: Tools, name: Foreign, path?: Path): Promise<void> {
  void path;
  const { render } = await import('../roles/render.ts');
  const { document } = await tools.tctl.role(tools.everyday, name);
  const title = forStatusBar(name).replaceAll(/[\\/]/g, '_');
  const uri = tools.documents.put(`/On the Server/${title}.yaml`, render(document as PlainObject));
  await vscode.window.showTextDocument(uri, { preview: true });
}
