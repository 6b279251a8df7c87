import * as l10n from '@vscode/l10n';
import { forSentence } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { relativeSettingWords } from '../surroundings.ts';
import type {
  BrokenExceptions,
  ExceptionProblem,
  ParsedExceptions,
} from '../../privileges/report/exceptions.ts';

/**
 * The state of the exceptions file. `none`: there is no file. `relative`: the setting holds a relative path. `unreadable`: it could not be read. `broken`:
 * it was read, but contains a problem. `file` is its path.
 */
export type ExceptionsState =
  | { readonly kind: 'none' }
  | ParsedExceptions
  | { readonly kind: 'unreadable'; readonly file: string }
  | { readonly kind: 'relative'; readonly file: string }
  | (BrokenExceptions & { readonly file: string });

/** Writes what is wrong in the exceptions file, and how to fix it. */
function exceptionProblemWords(problem: ExceptionProblem): string {
  switch (problem.kind) {
    case 'tooBig':
      return l10n.t('It is too big.');
    case 'notYaml':
      return l10n.t('It is not YAML ({0}).', forSentence(problem.parserMessage));
    case 'alias':
      return l10n.t('It has aliases (*), which are not read. Write them out.');
    case 'shape':
      return l10n.t(
        'Below "exceptions" there is to be a list, each entry with id, what, owner, reason, until.',
      );
    case 'id':
      return l10n.t('The id is to be the 20 characters that the report says of a finding.');
    case 'day':
      return l10n.t('"until" is to be a day such as 2027-01-31.');
    case 'missing':
      return l10n.t('The entry that begins here has no "{0}".', problem.field);
    case 'text':
      return l10n.t('"{0}" is to be a text, not empty, of 2,000 characters at most.', problem.field);
    case 'unknownField':
      return problem.suggestion === undefined
        ? l10n.t('An entry has no field {0}. Remove it.', forSentence(problem.field))
        : l10n.t(
            'There is no field {0}. Did you mean "{1}"?',
            forSentence(problem.field),
            problem.suggestion,
          );
  }
}

/** Writes why no exception counts, and where the file is; empty where the file can be used. */
export function unusableWords(state: ExceptionsState): readonly string[] {
  if (!('file' in state)) return [];
  const file = l10n.t('File: {0}', forSentence(untrusted(state.file)));
  if (state.kind === 'relative') return [relativeSettingWords('Exceptions'), file];
  return state.kind === 'unreadable'
    ? [l10n.t('The file of accepted exceptions could not be read, so nothing counts as accepted.'), file]
    : [
        l10n.t('The file of accepted exceptions is not as it must be, so nothing counts as accepted.'),
        l10n.t('Line {0}: {1}', state.line, exceptionProblemWords(state.problem)),
        file,
      ];
}
