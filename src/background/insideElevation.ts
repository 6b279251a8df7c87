import * as l10n from '@vscode/l10n';
import { basename, dirname } from 'node:path';
import { showInfo } from '../editor/messages.ts';
import type { StorageFiles } from '../state/storageFiles.ts';

/**
 * Says once for each private home that this window was opened from its terminal, and that it uses the main login.
 * @param refused the folder in TELEPORT_HOME or in the settings that is not used; undefined in other windows
 */
export async function showInsideElevation(
  { files }: { readonly files: StorageFiles },
  refused: string | undefined,
): Promise<void> {
  if (refused === undefined) return;
  const home = [refused, dirname(refused)]
    .map((path) => basename(path))
    .find((name) => /^\w{32}$/.test(name));
  if (!(await files.claim(`insideElevation-${home ?? 'unknown'}`))) return;
  void showInfo(
    l10n.t(
      'This window was opened from an elevated terminal. JIT Access uses your main login here. Other programs in this window may use the access of that terminal until you give it back.',
    ),
    // VS Code shows a long message in full only if it has a button.
    { title: l10n.t('OK'), value: true },
  );
}
