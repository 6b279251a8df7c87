import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { untrusted } from '../../access/text/untrusted.ts';
import { withProgress } from '../../editor/messages.ts';
import { doctorUri } from '../../editor/documents/pageUri.ts';
import { setting } from '../../editor/settings.ts';
import { isTrusted } from '../../editor/workspaceTrust.ts';
import { diagnose } from './diagnose.ts';
import type { EditorFacts } from '../../state/diagnosis.ts';
import type { DoctorServices } from './services.ts';

/** Says what works here and what does not, as a document that fills as the facts come and can be copied. */
export async function runDoctor(services: DoctorServices): Promise<void> {
  const asked = {
    ...services,
    setting: (name: 'tsh' | 'tctl') => setting(`${name}Path`),
    elapsed: () => performance.now(),
  };
  const finding = withProgress(l10n.t('Looking what works…'), () => diagnose(asked, editorFacts()));
  await vscode.window.showTextDocument(doctorUri, { preview: false });
  await finding;
}

function editorFacts(): EditorFacts {
  const { remoteName, uiKind } = vscode.env;
  const ours = vscode.extensions.getExtension<unknown>('jit-access.jit-access')?.packageJSON as
    { readonly version?: string } | undefined;
  return {
    version: vscode.version,
    extension: ours?.version ?? '',
    remote: remoteName === undefined ? undefined : untrusted(remoteName),
    inBrowser: uiKind === vscode.UIKind.Web,
    trusted: isTrusted(),
    system: `${process.platform} ${process.arch}`,
  };
}
