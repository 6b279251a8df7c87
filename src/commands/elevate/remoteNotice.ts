import * as l10n from '@vscode/l10n';
import { hostname } from 'node:os';
import { showInfo } from '../../editor/messages.ts';
import { isRemote } from '../../editor/remote.ts';
import type { ElevateServices } from './services.ts';

/** Tells the user once for each remote machine that the private homes are on that machine. */
export async function showRemoteNotice({ files }: ElevateServices): Promise<void> {
  if (!isRemote()) return;
  if (!(await files.claim(`said/copy-on-${hostname().replace(/[^\w.-]/g, '_')}`))) return;
  void showInfo(
    l10n.t(
      'This window works on another machine: the private copy of your login lies there, until you give it back.',
    ),
    // VS Code shows a long message in full only if it has a button.
    { title: l10n.t('OK'), value: true },
  );
}
