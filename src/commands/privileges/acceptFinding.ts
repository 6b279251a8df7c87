import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import * as vscode from 'vscode';
import * as l10n from '@vscode/l10n';
import { untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import { showError, showInfo } from '../../editor/messages.ts';
import { changeSetting, setting } from '../../editor/settings.ts';
import {
  Cancelled,
  titleWithStep,
  typeText,
  type Remark,
  type TypeOptions,
} from '../../editor/quickInput.ts';
import { runSteps, type Step } from '../../editor/runSteps.ts';
import {
  addException,
  day,
  dayOf,
  endOfDay,
  longestException,
  longestText,
} from '../../privileges/report/exceptions.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import { isFullPath } from '../../teleport/environment/withoutWorkspace.ts';
import { relativeSettingWords } from '../../text/surroundings.ts';
import { writeWholeFile } from '../../state/writeWholeFile.ts';
import { holdersWords, summaryWords } from '../../text/privileges/findings.ts';
import { chooseFinding } from './openFinding.ts';
import { acceptedExceptions, exceptionsFile, findingIn, openExceptions, showReport } from './showReport.ts';
import { tooShortWords } from '../shared/reasonRules.ts';
import type { PrivilegesServices } from './services.ts';

/** The texts typed so far, by finding id, so that closing a dialog loses nothing. */
const drafts = new Map<string, TypedException>();

type TypedException = Readonly<Record<'owner' | 'reason' | 'until', string>>;

/** The last day that an exception may name. */
const lastDay = (now: Instant): string => dayOf(now + longestException - 2 * day);

/**
 * Adds an exception to the file of accepted exceptions: an owner answers for a finding until a day.
 * @throws Cancelled if the user closes a dialog
 */
export async function acceptFinding(
  services: PrivilegesServices,
  argument: object | undefined,
): Promise<void> {
  if (!(await canBeAdded())) return;
  const finding = findingIn(argument) ?? (await chooseFinding(services, l10n.t('Accept Finding')));
  if (!finding) return;
  const typed = await askForException(finding, services.clock.now());
  const file = exceptionsFile() ?? (await chooseNewFile());
  // The setting may have changed while the user was typing.
  if (!isFullPath(file)) {
    await canBeAdded();
    return;
  }
  const entry = {
    id: finding.id,
    what: untrusted(summaryWords(finding)),
    owner: untrusted(typed.owner),
    reason: untrusted(typed.reason),
    until: typed.until,
  };
  let text: string | undefined;
  try {
    text = addException(await textOf(file), entry);
    if (text !== undefined) await writeWholeFile(file, text);
  } catch (error) {
    services.log.unexpected(error);
    void showError(
      l10n.t(
        'The file of accepted exceptions could not be read or written. What you typed is kept; the log says why.',
      ),
    );
    return;
  }
  // The file became invalid while the user was typing.
  if (text === undefined) {
    await canBeAdded();
    return;
  }
  if (exceptionsFile() === undefined) await changeSetting('exceptions', file);
  drafts.delete(finding.id);
  await showReport(services);
  void showInfo(l10n.t('Accepted until {0}; then it is a finding again.', typed.until));
}

/** Whether an exception can be added to the file. If not, shows why, before the user types in vain. */
async function canBeAdded(): Promise<boolean> {
  const state = await acceptedExceptions();
  if (state.kind === 'relative') {
    void showError(relativeSettingWords('Exceptions'));
    return false;
  }
  // A file that does not exist yet will be created.
  if (state.kind !== 'broken') return true;
  const text = l10n.t(
    'The file of accepted exceptions is not as it must be (line {0}), so nothing can be added to it. Mend it first; what you typed is kept.',
    state.line,
  );
  if (await showError(text, { title: l10n.t('Open File'), value: true })) await openExceptions(state);
  return false;
}

/**
 * Asks for the owner, the reason and the last day of an exception.
 * @throws Cancelled if the user closes a dialog
 */
function askForException(finding: Finding, now: Instant): Promise<TypedException> {
  const summary = summaryWords(finding);
  const holders = holdersWords(finding.holders, 3);
  const subject = holders === '' ? summary : l10n.t('{0} — {1}', summary, holders);
  const step = (
    name: keyof TypedException,
    words: string,
    prompt: string,
    check: TypeOptions['check'],
    placeholder = words,
  ): Step<TypedException> => ({
    name,
    title: titleWithStep(l10n.t('Accept Finding'), `${words} (${subject})`),
    ask: async (typed, position, keep) => {
      const withText = (text: string): TypedException => ({ ...typed, [name]: text.trim() });
      const onChange = (text: string): void => keep(withText(text));
      return withText(await typeText(position, { value: typed[name], placeholder, prompt, check, onChange }));
    },
  });
  return runSteps(
    [
      step(
        'owner',
        l10n.t('who answers for it'),
        l10n.t('The person who answers for it. It is accepted for exactly these holders.'),
        checkText,
      ),
      step('reason', l10n.t('why'), l10n.t('Why it is right as it is; auditors read this'), checkReason),
      step(
        'until',
        l10n.t('until when'),
        l10n.t('The last day (UTC), {0} at most: a year. Then it is a finding again', lastDay(now)),
        (text) => checkDay(text, now),
        '2027-01-31',
      ),
    ],
    drafts.get(finding.id) ?? { owner: '', reason: '', until: dayOf(now + 90 * day) },
    { save: (typed) => drafts.set(finding.id, typed) },
  );
}

const error = (text: string): Remark => ({ text, severity: 'error' });

function checkText(value: string): Remark | undefined {
  if (value.trim() === '') return error(l10n.t('Nothing is typed yet.'));
  return value.length > longestText ? error(l10n.t('Too long: 2,000 characters at most.')) : undefined;
}

/** The reason has the same minimum length as the reason of a request. */
function checkReason(value: string): Remark | undefined {
  const missing = setting('reason.minimumLength') - Array.from(value.trim()).length;
  return checkText(value) ?? (missing > 0 ? error(tooShortWords(missing)) : undefined);
}

function checkDay(value: string, now: Instant): Remark | undefined {
  const ends = endOfDay(value.trim());
  if (ends === undefined) return error(l10n.t('A day such as 2027-01-31.'));
  if (ends <= now) return error(l10n.t('That day is over.'));
  return ends - now > longestException
    ? error(l10n.t('More than a year ahead: {0} at most.', lastDay(now)))
    : undefined;
}

/** Asks where to keep the file of accepted exceptions. @throws Cancelled if the user closes the dialog */
async function chooseNewFile(): Promise<string> {
  const file = await vscode.window.showSaveDialog({
    title: l10n.t('Where to keep the file of accepted exceptions'),
    saveLabel: l10n.t('Keep Here'),
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(homedir()), 'jit-access-exceptions.yaml'),
    filters: { YAML: ['yaml', 'yml'] },
  });
  if (file?.scheme !== 'file') throw new Cancelled();
  return file.fsPath;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
