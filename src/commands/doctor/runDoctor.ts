import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { withProgress } from '../../editor/messages.ts';
import { doctorUri } from '../../editor/documents/pageUri.ts';
import { setting } from '../../editor/settings.ts';
import { typingSetting } from '../../editor/terminals/terminalSettings.ts';
import { diagnose } from './diagnose.ts';
import { doctorTable } from './doctorTable.ts';
import { relativeSettings } from './relativeSettings.ts';
import type { DoctorServices } from './services.ts';

/** Opens the Doctor's report, a document that the user can copy. It is updated as the facts become known. */
export async function runDoctor(services: DoctorServices): Promise<void> {
  const extension = vscode.extensions.getExtension<unknown>('jit-access.jit-access');
  const { version = '' } = (extension?.packageJSON ?? {}) as { readonly version?: string };
  const table = doctorTable({
    ...services,
    code: vscode,
    extensionVersion: version,
    setting: (name) => setting(`${name}Path`),
    relativeSettings,
    typingSetting,
    inherited: process.env,
    elapsed: () => performance.now(),
  });
  const diagnosing = withProgress(l10n.t('Looking what works…'), () => diagnose(services, table));
  await vscode.window.showTextDocument(doctorUri, { preview: false });
  await diagnosing;
}
