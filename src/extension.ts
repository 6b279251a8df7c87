import * as vscode from 'vscode';
import { registerCommands } from './commands/shared/commandIds.ts';
import type { Core, CoreParts } from './core.ts';
import { alarm } from './state/alarm.ts';
import { Log } from './editor/log.ts';
import { onDidChangeSettings } from './editor/settings.ts';
import { loadTicketPattern } from './editor/ticketPattern.ts';
import { registerTerminalProfile } from './editor/terminals/terminalProfile.ts';
import { offsetClock, systemClock } from './state/clock.ts';
import { Store } from './state/store.ts';
import { notify } from './views/notifications.ts';
import { Screen } from './views/screen.ts';
import { useLanguage } from './text/language.ts';
import { readTimeZone } from './text/timeZone.ts';

/**
 * Builds the views and registers all commands. The core is loaded right afterwards, so that activation starts
 * no process and waits for nothing.
 * @returns the core, in tests only
 */
export function activate(context: vscode.ExtensionContext): Promise<Core> | undefined {
  const demoClock = process.env['JIT_ACCESS_DEMO_CLOCK'];
  const isProduction = context.extensionMode === vscode.ExtensionMode.Production;
  const clock = isProduction || demoClock === undefined ? systemClock : offsetClock(demoClock);
  const now = (): number => clock.now();
  useLanguage(vscode.env.language, vscode.l10n.bundle);

  const log = new Log();
  const store = new Store();
  const screen = new Screen(store, now);
  const loading = loadCore({
    storage: context.globalStorageUri.fsPath,
    store,
    clock,
    log,
    announce: (change) => void notify(change, now()),
    watchdog: isProduction ? {} : demoWatchdog(process.env),
  });
  let core: Core | undefined;
  let cancelAlarm = (): void => undefined;
  const update = (): void => {
    cancelAlarm();
    core?.handleDue(now());
    readTimeZone();
    cancelAlarm = alarm(now, screen.draw(now()), update);
  };
  const updateAttention = (): void =>
    core?.setAttention({ focused: vscode.window.state.focused, viewing: screen.viewsVisible });

  context.subscriptions.push(
    screen,
    registerCommands(async (id, argument) => (await loading).run(id, argument)),
    registerTerminalProfile(async () => (await loading).terminalProfile()),
    vscode.window.onDidChangeWindowState(() => {
      updateAttention();
      // The time zone may have changed, and events may have become due while the machine slept.
      update();
    }),
    screen.onDidChangeViewsVisible(updateAttention),
    store.onDidChange(update),
    onDidChangeSettings(() => void loadTicketPattern().then(update)),
    { dispose: () => cancelAlarm() },
    { dispose: () => core?.dispose() },
    log,
  );
  update();
  void loading.then((loaded) => {
    core = loaded;
    updateAttention();
    // The rows may need the ticket pattern, which was loaded with the core.
    update();
  });
  return context.extensionMode === vscode.ExtensionMode.Test ? loading : undefined;
}

/** The watchdogs use the clock of the demo cluster, and in tests a shorter grace period than 30 s. */
function demoWatchdog({ JIT_ACCESS_DEMO_CLOCK, JIT_ACCESS_GRACE }: NodeJS.ProcessEnv): CoreParts['watchdog'] {
  return {
    ...(JIT_ACCESS_DEMO_CLOCK === undefined ? {} : { clock: JIT_ACCESS_DEMO_CLOCK }),
    ...(JIT_ACCESS_GRACE === undefined ? {} : { grace: Number(JIT_ACCESS_GRACE) }),
  };
}

async function loadCore(parts: CoreParts): Promise<Core> {
  const [{ startCore }] = await Promise.all([import('./core.ts'), loadTicketPattern()]);
  return startCore(parts);
}
