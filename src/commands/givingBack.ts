import * as l10n from '@vscode/l10n';
import type { Elevation } from '../access/elevation.ts';
import { forMessage, namesForMessage } from '../access/inert.ts';
import { foreign, type Instant } from '../access/text.ts';
import { tell, warn } from '../editor/messages.ts';
import type { GivenBack } from '../state/giveBack.ts';
import { elevationOf, type HomeRecord } from '../state/homes.ts';
import { givenBackWords } from '../words/givenBack.ts';
import { inUse } from './choose.ts';
import { openRequest } from './openRequest.ts';
import type { Target } from './target.ts';
import type { Tools } from './tools.ts';

/** How long a question about what still runs waits for an answer, in ms. */
const patience = 30_000;

/** Gives an elevation back, on command. */
export async function dropAccess(tools: Tools, target?: Target): Promise<void> {
  await giveBack(tools, await inUse(tools, target, l10n.t('Drop Access')), askToEnd);
}

/** Gives back what a closed terminal held. The person is there: what still runs is named first. */
export async function terminalClosed(tools: Tools, home: string): Promise<void> {
  const record = tools.elevations.record(home);
  if (record?.state === 'ready') await giveBack(tools, elevationOf(record, true), askToEnd);
}

/** The end has come: nobody is asked. */
export async function endReached(tools: Tools, elevation: Elevation): Promise<void> {
  if (elevation.where.kind === 'everyday') {
    tools.refresh.loginMayHaveChanged();
    return;
  }
  const given = await tools.giveBack.run(elevation);
  if (!given) return;
  tools.terminals.close(elevation.where.home);
  await tools.journal.note({ kind: 'ended', id: elevation.requestId, roles: elevation.roles });
  void say(elevation, given, l10n.t('The time of {0} is over', nameOf(elevation)), tools.clock.now());
}

/** Gives back what a closed or killed window left, and says so. */
export async function giveBackLeft(tools: Tools, record: HomeRecord): Promise<void> {
  const given = await tools.giveBack.leftBehind(record);
  // One that was never filled was never elevated for anybody to see.
  if (!given || record.state !== 'ready') return;
  const elevation = elevationOf(record, true);
  void say(
    elevation,
    given,
    l10n.t('{0} was left elevated by a window that closed', nameOf(elevation)),
    tools.clock.now(),
  );
}

async function giveBack(tools: Tools, elevation: Elevation, ask: typeof askToEnd): Promise<void> {
  const given = await tools.giveBack.run(elevation, ask);
  if (!given) return;
  if (elevation.where.kind === 'private') tools.terminals.close(elevation.where.home);
  void say(elevation, given, nameOf(elevation), tools.clock.now());
}

/** Says what giving back means. With a button the whole sentence is shown, and stays. */
async function say(elevation: Elevation, given: GivenBack, about: string, now: Instant): Promise<void> {
  const text = l10n.t('{0}: {1}.', about, givenBackWords(given, now));
  const open = { title: l10n.t('Open Request'), means: true };
  if (await (given.notTold ? warn(text, open) : tell(text, open))) await openRequest(elevation.requestId);
}

const nameOf = ({ roles, requestId }: Elevation): string => namesForMessage(roles) ?? requestId;

/** Names what still runs and asks whether it may be ended; unanswered for half a minute, it is. */
async function askToEnd(programs: readonly string[]): Promise<boolean> {
  const plain = [...new Set(programs)].map((name) => forMessage(foreign(name)) ?? l10n.t('a program'));
  const more = plain.length > 5 ? l10n.t(' and {0} more', plain.length - 5) : '';
  const text = l10n.t(
    'Still running with this access: {0}{1}. It is ended in 30 s and the access given back.',
    plain.slice(0, 5).join(', '),
    more,
  );
  let timer: NodeJS.Timeout | undefined;
  const unanswered = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(true), patience);
  });
  const asked = warn<boolean>(
    text,
    { title: l10n.t('End and Give Back'), means: true },
    { title: l10n.t('Keep Access'), means: false },
  );
  try {
    // A message that was closed is no answer.
    return await Promise.race([unanswered, asked.then((answer) => answer ?? unanswered)]);
  } finally {
    clearTimeout(timer);
  }
}
