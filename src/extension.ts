import * as vscode from 'vscode';
import { registerCommands } from './commands/shared/commandIds.ts';
import type { Core, CoreParts } from './core.ts';
import { alarm } from './state/alarm.ts';
import { Log } from './editor/log.ts';
import { registerTerminalProfile } from './editor/terminals/terminalProfile.ts';
import { offsetClock, systemClock } from './state/clock.ts';
import { Store } from './state/store.ts';
import { notify } from './views/notifications.ts';
import { Screen } from './views/screen.ts';
import { useLanguage } from './text/language.ts';
import { readTimeZone } from './text/timeZone.ts';

/**
 * Builds what is on screen and registers every command; what acts is loaded right afterwards.
 * Starts no process and waits for nothing. In tests the core is handed out.
 */
export function activate(context: vscode.ExtensionContext): Promise<Core> | undefined {
  const demoClock = process.env['JIT_ACCESS_DEMO_CLOCK'];
  const shipped = context.extensionMode === vscode.ExtensionMode.Production;
  const clock = shipped || demoClock === undefined ? systemClock : offsetClock(demoClock);
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
    watchdog: shipped ? {} : demoWatchdog(process.env),
  });
  let core: Core | undefined;
  let cancel = (): void => undefined;
  const beat = (): void => {
    cancel();
    core?.look(now());
    readTimeZone();
    cancel = alarm(now, screen.draw(now()), beat);
  };
  const attend = (): void =>
    core?.attend({ focused: vscode.window.state.focused, viewing: screen.viewsVisible });

  context.subscriptions.push(
    screen,
    registerCommands(async (id, argument) => (await loading).run(id, argument)),
    registerTerminalProfile(async () => (await loading).profile()),
    vscode.window.onDidChangeWindowState(() => {
      attend();
      // Whoever comes back may have travelled, or slept over something.
      beat();
    }),
    screen.onDidChangeViewsVisible(attend),
    store.onDidChange(beat),
    { dispose: () => cancel() },
    { dispose: () => core?.dispose() },
    log,
  );
  beat();
  void loading.then((loaded) => {
    core = loaded;
    attend();
  });
  return context.extensionMode === vscode.ExtensionMode.Test ? loading : undefined;
}

/** With a demo cluster the watchdogs live by its clock; tests need not wait half a minute either. */
function demoWatchdog({ JIT_ACCESS_DEMO_CLOCK, JIT_ACCESS_GRACE }: NodeJS.ProcessEnv): CoreParts['watchdog'] {
  return {
    ...(JIT_ACCESS_DEMO_CLOCK === undefined ? {} : { clock: JIT_ACCESS_DEMO_CLOCK }),
    ...(JIT_ACCESS_GRACE === undefined ? {} : { grace: Number(JIT_ACCESS_GRACE) }),
  };
}

async function loadCore(entry: CoreParts): Promise<Core> {
  const { startCore } = await import('./core.ts');
  return startCore(entry);
}
