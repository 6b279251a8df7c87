import * as l10n from '@vscode/l10n';
import { hostname } from 'node:os';
import { showInfo } from '../../editor/messages.ts';
import { isRemote } from '../../editor/remote.ts';
import type { ElevateServices } from './services.ts';

/** Says, once for each machine, that private copies lie on it and not where the person sits. */
export async function showRemoteNotice({ files }: ElevateServices): Promise<void> {
  if (!isRemote()) return;
  if (!(await files.claim(`said/copy-on-${hostname().replace(/[^\w.-]/g, '_')}`))) return;
  void showInfo(
    l10n.t(
      'This window works on another machine: the private copy of your login lies there, until you give it back.',
    ),
    // With a button the whole sentence is shown.
    { title: l10n.t('OK'), value: true },
  );
}
