import { setTimeout as pause } from 'node:timers/promises';
import {
  clearNotifications,
  decide,
  item,
  minutes,
  openViews,
  request,
  requests,
} from '../support/e2e/course.ts';
import type { Workbench } from '../support/e2e/workbench.ts';
import { startWorld, type World } from '../support/e2e/world.ts';
import { type Figure, median, timed } from '../support/bench/figure.ts';

const rounds = 3;

/** How a person waits, in a real window. */
interface Wait {
  readonly name: string;
  /** Within how many s it is to be told. */
  readonly aim: number;
  /** How often it is asked then, in ms: the approvals are spread over it. */
  readonly every: number;
  readonly begins: (world: World, window: Workbench) => Promise<unknown>;
}

/** Every page of a test has the focus; this one has lost it, or has it again. */
const focus = (window: Workbench, has: boolean): Promise<unknown> =>
  window.page.evaluate(
    `document.hasFocus = () => ${has}; window.dispatchEvent(new Event('${has ? 'focus' : 'blur'}'));`,
  );

const waits: readonly Wait[] = [
  { name: 'focused, first two minutes', aim: 3, every: 2_000, begins: () => Promise.resolve() },
  {
    name: 'focused, later',
    aim: 6,
    every: 5_000,
    async begins(world) {
      await world.moveClock(minutes(5));
      // Until the clock was looked at, and what was due by it was asked.
      await pause(2_500);
    },
  },
  {
    name: 'not focused',
    aim: 16,
    every: 15_000,
    begins: (_, window) => focus(window, false),
  },
];

/** One request from asked to given back; the times from the approval on, in ms. */
async function course(
  world: World,
  window: Workbench,
  round: number,
  { begins, every }: Wait,
): Promise<readonly number[]> {
  await request(window, `INC-4711 round ${round}`);
  await window.statusSays(item, /0 of 1/);
  await clearNotifications(window);
  const pending = requests(world).find(({ state }) => state === 1);
  if (!pending) throw new Error('Nothing is pending in the cluster.');
  await begins(world, window);
  await pause((round / rounds) * every);
  await decide(world, pending.id, 'approve');
  const begin = performance.now();
  const notice = await window.notification(/approved/);
  const told = performance.now() - begin;
  await focus(window, true);
  const opening = await timed(async () => {
    await notice.press('Open Elevated Terminal');
    await window.terminal.prompt();
  });
  await window.runCommand('JIT Access: Drop Access');
  await (await window.notification(/given back/)).clear();
  return [told, opening, told + opening];
}

/** What a person who waits sees of the approval, in a real window. */
export async function approval(): Promise<readonly Figure[]> {
  const world = await startWorld({ alone: true });
  try {
    const { window } = world.alice;
    await openViews(window);
    const figures: Figure[] = [];
    const add = (name: string, ms: readonly number[], aim?: number): void => {
      const all = ms.map((one) => one / 1000);
      const note = `median of ${all.map((time) => time.toFixed(2)).join(', ')}; a real window`;
      figures.push({ name, value: median(all), unit: 's', note, ...(aim === undefined ? {} : { aim }) });
    };
    const openings: number[] = [];
    for (const wait of waits) {
      const times: (readonly number[])[] = [];
      for (let round = 0; round < rounds; round++) times.push(await course(world, window, round, wait));
      const of = (index: number): number[] => times.map((one) => one[index]!);
      add(`approval given → person told, ${wait.name}`, of(0), wait.aim);
      if (wait === waits[0]) add('approval given → elevated terminal usable', of(2));
      openings.push(...of(1));
    }
    add('Open Elevated Terminal pressed → prompt', openings);
    return figures;
  } finally {
    await world.stop();
  }
}
