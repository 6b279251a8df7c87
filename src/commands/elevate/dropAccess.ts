import * as l10n from '@vscode/l10n';
import { runningElevations, type Elevation } from '../../access/elevation.ts';
import { namesForPick } from '../../access/untrusted/sinks.ts';
import type { Instant } from '../../access/untrusted/untrusted.ts';
import { showInfo, showWarning } from '../../editor/messages.ts';
import { Cancelled, pickOne } from '../../editor/quickInput.ts';
import type { DropResult } from '../../state/elevation/drops.ts';
import { elevationOf } from '../../state/elevation/homeRecords.ts';
import { dropResultWords } from '../../text/dropResult.ts';
import { elevationName } from '../../text/elevationName.ts';
import { confirmEndPrograms } from './confirmEndPrograms.ts';
import { runWithRecovery } from '../login/runWithRecovery.ts';
import { chooseElevation } from '../shared/pickers.ts';
import { showWithRequest } from '../shared/openRequest.ts';
import type { CommandTarget } from '../shared/commandTarget.ts';
import type { ElevateServices } from './services.ts';

/** Drops the target, or the elevation that the user picks. */
export async function dropAccess(services: ElevateServices, target?: CommandTarget): Promise<void> {
  const words = {
    title: l10n.t('Drop Access'),
    noneText: l10n.t('Nothing is elevated.'),
    enterTakesOnly: true,
  };
  await dropAndShow(services, await chooseElevation(services, target, 'drop', words));
}

/**
 * Drops all elevations, of every window and of the main login, and shows the results in one message.
 * @param isConfirmed whether the user has picked this command by its name in a pick of the extension. Otherwise
 *   a pick names what would be dropped; Enter takes it only if it is one.
 */
export async function dropAll(services: ElevateServices, isConfirmed: boolean): Promise<void> {
  const { store, clock } = services;
  const running = runningElevations(store.snapshot.elevations, clock.now());
  if (running.length === 0) {
    void showInfo(l10n.t('Nothing is elevated.'));
    throw new Cancelled();
  }
  if (!isConfirmed) await confirmAll(running);
  const results: { sentence: string; succeeded: boolean }[] = [];
  for (const elevation of running) {
    await runWithRecovery(services, async () => {
      const result = await confirmAndDrop(services, elevation);
      if (!result) return;
      const sentence = `${elevationName(elevation)}: ${dropResultWords(result, clock.now())}.`;
      results.push({ sentence, succeeded: result.dropFailure === undefined });
    });
  }
  const text = results.map(({ sentence }) => sentence).join(' ');
  const ok = { title: l10n.t('OK'), value: true };
  if (results.length > 0)
    void (results.every(({ succeeded }) => succeeded) ? showInfo(text, ok) : showWarning(text, ok));
}

/** Names what would be dropped. @throws Cancelled if the user closes the pick */
async function confirmAll(running: readonly Elevation[]): Promise<void> {
  const name = ({ roles, requestId }: Elevation): string => namesForPick(roles) || requestId;
  const label = `$(lock) ${l10n.t('Drop All Access')}`;
  await pickOne(
    { title: l10n.t('Drop All Access') },
    {
      choices: [{ label, detail: running.map(name).join(', '), value: 'drop' }],
      placeholder: l10n.t('All of this is given back'),
      isSelected: () => running.length === 1,
    },
  );
}

/** Drops the elevation of a closed terminal. The user is asked before running programs are ended. */
export async function handleTerminalClosed(services: ElevateServices, home: string): Promise<void> {
  const record = services.elevations.record(home);
  // Another window or the watchdog already drops it.
  if ((await services.records.read(home))?.dropStarted) return;
  if (record?.state === 'ready') await dropAndShow(services, elevationOf(record));
}

async function dropAndShow(services: ElevateServices, elevation: Elevation): Promise<void> {
  const result = await confirmAndDrop(services, elevation);
  if (result) void showDropResult(elevation, result, elevationName(elevation), services.clock.now());
}

async function confirmAndDrop(
  services: ElevateServices,
  elevation: Elevation,
): Promise<DropResult | undefined> {
  const roleNames = namesForPick(elevation.roles) || elevation.requestId;
  const result = await services.drops.drop(elevation, (programs, hasWindow) =>
    confirmEndPrograms(roleNames, programs, hasWindow),
  );
  if (result && elevation.where.kind === 'private') services.terminals.close(elevation.where.home);
  return result;
}

/** Shows the result of a drop. The button makes VS Code show the full text and keep the message. */
export async function showDropResult(
  elevation: Elevation,
  result: DropResult,
  subject: string,
  now: Instant,
): Promise<void> {
  const text = l10n.t('{0}: {1}.', subject, dropResultWords(result, now));
  await showWithRequest(result.dropFailure ? showWarning : showInfo, text, elevation.requestId);
}
