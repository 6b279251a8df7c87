import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { namesForMessage } from '../../access/text/sinks.ts';
import type { Lens } from '../../editor/documents/textDocuments.ts';
import { showInfo, showWarning, withProgress, type Button } from '../../editor/messages.ts';
import { BaseVersions } from '../../roles/apply/baseVersions.ts';
import type { RolePlan } from '../../roles/apply/planApply.ts';
import { lackedField } from '../../roles/role/enterpriseOnly.ts';
import { ApplyHistory, type ApplyRecord } from '../../roles/apply/applyHistory.ts';
import {
  isWritten,
  lookAgain,
  send,
  type Result,
  type SendContext,
  type Sent,
} from '../../roles/apply/sendRoles.ts';
import { SavedAnswers } from '../../roles/setup/savedAnswers.ts';
import { communityWords, outcomePage, outcomeWords } from '../../text/roles/applyText.ts';
import { atTime } from '../../text/time.ts';
import { withRoleRights, clusterForMessage } from '../manifests/roleAdmin.ts';
import type { Tools } from '../shared/services.ts';

/** Whether roles are being sent from this window. */
let sends = false;

/** @param applications where what was there before is kept; left out for an undo */
function sendingWith(tools: Tools, applications: ApplyHistory | undefined): SendContext {
  const { tctl, mainLogin: home, clock, files } = tools;
  return { tctl, home, clock, bases: new BaseVersions(files), ...(applications ? { applications } : {}) };
}

/** Sends roles, once at a time. @returns undefined, after saying so, while others are being sent */
export async function sendRoles(
  tools: Tools,
  plans: readonly RolePlan[],
  application: ApplyRecord,
  applications?: ApplyHistory,
): Promise<Sent | undefined> {
  if (sends) {
    void showInfo(l10n.t('Roles are being sent already. Nothing more was sent; wait until that is done.'));
    return undefined;
  }
  sends = true;
  try {
    const title = l10n.t('Sending roles and reading them back…');
    return await withProgress(title, () => send(plans, application, sendingWith(tools, applications)));
  } finally {
    sends = false;
  }
}

/**
 * Says what came of an application: all of it in a message; else also a document that says of each role what became
 * of it, with the ways on.
 */
export async function showOutcome(tools: Tools, sent: Sent, ways: Ways): Promise<void> {
  const go = async (way: Way | undefined): Promise<void> => {
    if (way !== undefined) await goOn(way, tools, sent, ways);
  };
  const { results } = sent;
  const undo: Button<Way> = { title: l10n.t('Undo…'), value: 'undo' };
  const canUndo = results.some(isWritten) ? [undo] : [];
  const isWhole = results.every(({ kind }) => kind === 'applied');
  await go(
    isWhole
      ? await showInfo<Way>(appliedWords(tools, sent), ...canUndo)
      : await sayRest(tools, sent, canUndo, go),
  );
}

type Way = 'undo' | 'again' | 'look' | 'setUp';

/** How it can go on. */
interface Ways {
  readonly again: () => Promise<void>;
  readonly undo: (application: ApplyRecord) => Promise<void>;
}

async function goOn(way: Way, tools: Tools, sent: Sent, ways: Ways): Promise<void> {
  switch (way) {
    case 'undo':
      return ways.undo(sent.application);
    case 'again':
      return ways.again();
    case 'setUp':
      return (await import('../setUpRoles/setUpRoles.ts')).setUpRoles(tools);
    case 'look': {
      const sending = sendingWith(tools, new ApplyHistory(tools.files));
      const title = l10n.t('Reading roles from the cluster…');
      return showOutcome(tools, await withProgress(title, () => lookAgain(sent, sending)), ways);
    }
  }
}

function appliedWords({ clock }: Tools, { results, application }: Sent): string {
  const names = namesForMessage(results.map(({ plan }) => plan.name));
  const cluster = clusterForMessage(application.cluster);
  const last = results.findLast(isWritten);
  const when = atTime(last?.at ?? clock.now(), clock.now());
  return names === undefined
    ? l10n.t('{0} roles applied to {1}, read back {2}.', results.length, cluster, when)
    : l10n.t('{0} applied to {1}, read back {2}.', names, cluster, when);
}

/** The document and the message have the same ways on; the message goes away. */
async function sayRest(
  tools: Tools,
  { results, application }: Sent,
  canUndo: readonly Button<Way>[],
  go: (way: Way) => Promise<void>,
): Promise<Way | undefined> {
  const { cluster } = application;
  const lacked = results.flatMap((one) =>
    one.kind === 'refused' ? (lackedField(one.failure) ?? []) : [],
  )[0];
  if (lacked !== undefined)
    await (await SavedAnswers.load(tools.files, cluster)).keep({ edition: 'community' });
  const buttons = [...restButtons(results, lacked !== undefined), ...canUndo];
  const page = outcomePage(results, { cluster, at: tools.clock.now() });
  const title = l10n.t('What Became of Apply Roles');
  const lenses = buttons.map(({ title: label, value }): Lens => ({
    line: 0,
    title: label,
    about: value,
    press: () => withRoleRights(tools, () => go(value)),
  }));
  const uri = tools.documents.put(`/outcome/${title}.txt`, page, '', lenses);
  await vscode.window.showTextDocument(uri, { preview: false });
  const text = outcomeWords(results);
  return showWarning<Way>(lacked === undefined ? text : `${text} ${communityWords(lacked)}`, ...buttons);
}

function restButtons(results: readonly Result[], isCommunity: boolean): readonly Button<Way>[] {
  // Sent again it would be refused again.
  if (isCommunity) return [{ title: l10n.t('Set Up Roles…'), value: 'setUp' }];
  // Of what is not known nothing is sent again before somebody has looked.
  if (results.some(({ kind }) => kind === 'unknown')) return [{ title: l10n.t('Read Again'), value: 'look' }];
  const isLeft = results.some(({ kind }) => kind === 'refused' || kind === 'stale' || kind === 'waiting');
  return isLeft ? [{ title: l10n.t('Try Again for the Rest'), value: 'again' }] : [];
}
