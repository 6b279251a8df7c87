import { openSettings, setting } from '../../editor/settings.ts';
import { showError } from '../../editor/messages.ts';
import { isFullPath } from '../../teleport/environment/withoutWorkspace.ts';
import { relativeSettingWords } from '../../text/surroundings.ts';
import * as l10n from '@vscode/l10n';

/** The settings that hold a path, with their titles in the settings editor. */
const pathSettings = {
  tshPath: 'Tsh Path',
  tctlPath: 'Tctl Path',
  teleportHome: 'Teleport Home',
  exceptions: 'Exceptions',
} as const;

/** The titles of the settings that hold a relative path. Such a setting is never used. */
export const relativeSettings = (): string[] =>
  (Object.keys(pathSettings) as (keyof typeof pathSettings)[]).flatMap((key) => {
    const path = setting(key).trim();
    return path === '' || isFullPath(path) ? [] : [pathSettings[key]];
  });

/**
 * Says that the setting for the profile folder is not used, with what is used in its place. It is read once, when
 * the window opens.
 */
export async function refuseRelativeHome(): Promise<void> {
  if (!relativeSettings().includes(pathSettings.teleportHome)) return;
  const text = `${relativeSettingWords(pathSettings.teleportHome)} ${l10n.t('Until then your usual profile folder is the main login.')}`;
  if (await showError(text, { title: l10n.t('Open Settings'), value: true })) await openSettings();
}
