import * as vscode from 'vscode';
import { Life } from './commands/life.ts';
import { terminalClosed } from './commands/givingBack.ts';
import { attempt } from './commands/attempt.ts';
import { registerCommands } from './commands/index.ts';
import type { Tools } from './commands/tools.ts';
import { alarm } from './editor/alarm.ts';
import { Log } from './editor/log.ts';
import { setting } from './editor/settings.ts';
import { ElevatedTerminals } from './editor/terminals.ts';
import { offsetClock, systemClock } from './state/clock.ts';
import { Drafts } from './state/drafts.ts';
import { Elevations } from './state/elevations.ts';
import { Files } from './state/files.ts';
import { watchFolder } from './state/folders.ts';
import { GiveBack } from './state/giveBack.ts';
import { HomeRecords } from './state/homes.ts';
import { Journal } from './state/journal.ts';
import { Refresh } from './state/refresh.ts';
import { Store } from './state/store.ts';
import { Waiting } from './state/waiting.ts';
import { Client } from './teleport/client.ts';
import { everydayFolder, Home } from './teleport/home.ts';
import { bootId } from './teleport/processes.ts';
import { Tsh } from './teleport/tsh.ts';
import { notify } from './views/notifications.ts';
import { Screen } from './views/screen.ts';
import { speak } from './words/language.ts';

/** Builds the objects and wires them. Starts no process and waits for nothing. */
export function activate(context: vscode.ExtensionContext): Tools | undefined {
  const { env } = process;
  const shipped = context.extensionMode === vscode.ExtensionMode.Production;
  const moved = shipped ? undefined : env['JIT_ACCESS_DEMO_CLOCK'];
  const clock = moved === undefined ? systemClock : offsetClock(moved);
  const now = (): number => clock.now();
  speak(vscode.env.language, vscode.l10n.bundle);

  const log = new Log();
  const files = new Files(context.globalStorageUri.fsPath, (name) => log.warn(`cannot write ${name}`));
  const workspace = (): string[] =>
    (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath);
  const loadRun = async () => (await import('./teleport/process.ts')).run;
  const client = new Client({
    loadRun,
    env,
    places: (name) => ({ setting: setting(`${name}Path`), env, without: workspace() }),
    log: ({ program, command, ms, ended }) => log.called(program, command, ms, ended),
    elapsed: () => performance.now(),
  });
  const tsh = new Tsh(client);
  const everyday = new Home(everydayFolder(setting('teleportHome'), env));
  const store = new Store();
  const journal = new Journal(files, store, clock);
  const waiting = new Waiting(files, store);
  const drafts = new Drafts(files);
  const boot = (): Promise<string> => bootId((ms) => now() - ms);
  const elevations = new Elevations({
    tsh,
    everyday,
    records: new HomeRecords(files),
    store,
    journal,
    clock,
    env,
    boot,
  });
  const later = (ms: number, task: () => void) => alarm(now, now() + ms, task);
  const tell = (change: Parameters<typeof notify>[0]): void => void notify(change);
  const refresh = new Refresh({
    client,
    tsh,
    everyday,
    store,
    waiting,
    elevations,
    journal,
    files,
    clock,
    later,
    tell,
  });
  const giveBack = new GiveBack({ tsh, elevations, everyday, store, journal, clock, loadRun });
  const terminals = new ElevatedTerminals((home) => void attempt(tools, () => terminalClosed(tools, home)));
  const tools: Tools = {
    client,
    tsh,
    everyday,
    store,
    refresh,
    waiting,
    journal,
    drafts,
    elevations,
    giveBack,
    terminals,
    clock,
    log,
    env,
    workspace,
  };

  const screen = new Screen(store, now);
  const life = new Life(tools);
  let cancel = (): void => undefined;
  const beat = (): void => {
    cancel();
    life.look(now());
    cancel = alarm(now, screen.draw(now()), beat);
  };
  const attend = (): void =>
    refresh.attend({ focused: vscode.window.state.focused, viewing: screen.viewing });
  elevations.onRemoved(() => life.sweepForAWhile());

  context.subscriptions.push(
    log,
    screen,
    terminals,
    life,
    registerCommands(tools),
    vscode.window.onDidChangeWindowState(attend),
    screen.onViewing(attend),
    { dispose: store.onChange(beat) },
    { dispose: watchFolder(everyday.folder, () => refresh.loginMayHaveChanged()) },
    { dispose: watchFolder(files.folder, () => void life.indexChanged()) },
    {
      dispose: () => {
        refresh.stop();
        cancel();
      },
    },
  );
  beat();
  attend();
  void attempt(tools, () => life.start());
  return context.extensionMode === vscode.ExtensionMode.Test ? tools : undefined;
}
