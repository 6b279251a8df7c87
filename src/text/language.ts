import * as l10n from '@vscode/l10n';

let language = 'en';

/** The language of VS Code, for formatting dates and numbers. */
export const languageInUse = (): string => language;

/**
 * Sets the language of all texts from now on.
 * @param contents the translations for it that VS Code loaded from the `l10n` folder, if there are any
 */
export function useLanguage(tag: string, contents: Record<string, string> | undefined): void {
  language = tag;
  if (contents) l10n.config({ contents });
}
