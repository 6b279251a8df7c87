import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { withProgress } from '../../editor/messages.ts';
import { doctorUri } from '../../editor/documents/pageUri.ts';
import { setting } from '../../editor/settings.ts';
import { isTrusted } from '../../editor/workspaceTrust.ts';
import { diagnose } from './diagnose.ts';
import type { EditorFacts } from '../../state/diagnosis.ts';
import type { DoctorServices } from './services.ts';

/** Opens the Doctor's report, a document that the user can copy. It is updated as the facts become known. */
export async function runDoctor(services: DoctorServices): Promise<void> {
  const parts = {
    ...services,
    setting: (name: 'tsh' | 'tctl') => setting(`${name}Path`),
    elapsed: () => performance.now(),
  };
  const diagnosing = withProgress(l10n.t('Looking what works…'), () => diagnose(parts, editorFacts()));
  await vscode.window.showTextDocument(doctorUri, { preview: false });
  await diagnosing;
}

function editorFacts(): EditorFacts {
  const { remoteName, uiKind } = vscode.env;
  const extension = vscode.extensions.getExtension<unknown>('jit-access.jit-access')?.packageJSON as
    { readonly version?: string } | undefined;
  return {
    version: vscode.version,
    extension: extension?.version ?? '',
    remote: remoteName === undefined ? undefined : untrusted(remoteName),
    inBrowser: uiKind === vscode.UIKind.Web,
    trusted: isTrusted(),
    system: `${process.platform} ${process.arch}`,
  };
}
