import * as l10n from '@vscode/l10n';

let language = 'en';

/** The language of VS Code, for dates and numbers. */
export const languageInUse = (): string => language;

/**
 * Sets the language of everything said from now on.
 * @param contents the translations VS Code loaded from the `l10n` folder, if there are any for this language
 */
export function useLanguage(tag: string, contents: Record<string, string> | undefined): void {
  language = tag;
  if (contents) l10n.config({ contents });
}
