import { setTimeout as pause } from 'node:timers/promises';
import {
  clearNotifications,
  decide,
  statusItemId,
  minutes,
  openViews,
  sendRequest,
  clusterRequests,
} from '../support/e2e/course.ts';
import type { Workbench } from '../support/e2e/workbench.ts';
import { startE2eFixture, type E2eFixture } from '../support/e2e/e2eFixture.ts';
import { type Figure, median, timed } from '../support/bench/figure.ts';

const rounds = 3;

/** A state of the window in which a person waits for an approval. */
interface WaitingMode {
  readonly name: string;
  /** The longest acceptable time until the notification, in s. */
  readonly aim: number;
  /** The polling interval in this state, in ms. The approvals of the rounds are spread over it. */
  readonly pollingInterval: number;
  readonly prepare: (fixture: E2eFixture, window: Workbench) => Promise<unknown>;
}

/** Takes the focus from the page or gives it back, because every page of a test has the focus. */
const setFocus = (window: Workbench, focused: boolean): Promise<unknown> =>
  window.page.evaluate(
    `document.hasFocus = () => ${focused}; window.dispatchEvent(new Event('${focused ? 'focus' : 'blur'}'));`,
  );

const waitingModes: readonly WaitingMode[] = [
  { name: 'focused, first two minutes', aim: 3, pollingInterval: 2_000, prepare: () => Promise.resolve() },
  {
    name: 'focused, later',
    aim: 6,
    pollingInterval: 5_000,
    async prepare(fixture) {
      await fixture.moveClock(minutes(5));
      // Time for the extension to read the moved clock and to ask what is due.
      await pause(2_500);
    },
  },
  {
    name: 'not focused',
    aim: 16,
    pollingInterval: 15_000,
    prepare: (_, window) => setFocus(window, false),
  },
];

/**
 * Sends a request, approves it, opens its elevated terminal and drops the access. Returns the times from the
 * approval to the notification, from there to the prompt, and their sum, in ms.
 */
async function measureRound(
  fixture: E2eFixture,
  window: Workbench,
  round: number,
  { prepare: begins, pollingInterval: every }: WaitingMode,
): Promise<readonly number[]> {
  await sendRequest(window, `INC-4711 round ${round}`);
  await window.waitForStatus(statusItemId, /0 of 1/);
  await clearNotifications(window);
  const pending = clusterRequests(fixture).find(({ state }) => state === 1);
  if (!pending) throw new Error('Nothing is pending in the cluster.');
  await begins(fixture, window);
  await pause((round / rounds) * every);
  await decide(fixture, pending.id, 'approve');
  const begin = performance.now();
  const notice = await window.notification(/approved/);
  const notified = performance.now() - begin;
  await setFocus(window, true);
  const opening = await timed(async () => {
    await notice.press('Open Elevated Terminal');
    await window.terminal.prompt();
  });
  await window.runCommand('JIT Access: Drop Access');
  await window.input.focusedRow('kube-admin').waitFor();
  await window.input.accept();
  await (await window.notification(/given back/)).clear();
  return [notified, opening, notified + opening];
}

/** Measures how fast a waiting person is notified of an approval and gets a terminal, in a real window. */
export async function approval(): Promise<readonly Figure[]> {
  const fixture = await startE2eFixture({ withoutReviewer: true });
  try {
    const { window } = fixture.alice;
    await openViews(window);
    const figures: Figure[] = [];
    const add = (name: string, ms: readonly number[], aim?: number): void => {
      const seconds = ms.map((time) => time / 1000);
      const note = `median of ${seconds.map((time) => time.toFixed(2)).join(', ')}; a real window`;
      figures.push({
        name,
        value: median(seconds),
        unit: 's',
        note,
        ...(aim === undefined ? {} : { target: aim }),
      });
    };
    const openings: number[] = [];
    for (const wait of waitingModes) {
      const times: (readonly number[])[] = [];
      for (let round = 0; round < rounds; round++)
        times.push(await measureRound(fixture, window, round, wait));
      const timesOf = (index: number): number[] => times.map((round) => round[index]!);
      add(`approval given → person told, ${wait.name}`, timesOf(0), wait.aim);
      if (wait === waitingModes[0]) add('approval given → elevated terminal usable', timesOf(2));
      openings.push(...timesOf(1));
    }
    add('Open Elevated Terminal pressed → prompt', openings);
    return figures;
  } finally {
    await fixture.stop();
  }
}
