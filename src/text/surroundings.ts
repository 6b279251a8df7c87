import * as l10n from '@vscode/l10n';

/**
 * Says why a setting that holds a relative path is not used, and what to do.
 * @param title the title of the setting as VS Code shows it, such as `Tsh Path`
 */
export const relativeSettingWords = (title: string): string =>
  l10n.t(
    'The setting "{0}" is not used, because it is not a full path: where it leads would depend on the folder VS Code was started in. Write the whole path, from the root of the disk and without "~".',
    title,
  );

/** The most names in a sentence. The log has all of them. */
const maxNames = 6;

/** Names of variables for a message. A name that is not plain, such as that of a shell function, is not told. */
export function variableWords(names: readonly string[]): string {
  const told = names.map((name) => (/^[A-Za-z_]\w{0,63}$/.test(name) ? name : l10n.t('another variable')));
  const unique = [...new Set(told)];
  if (unique.length <= maxNames) return unique.join(', ');
  return l10n.t('{0} and others', unique.slice(0, maxNames).join(', '));
}
