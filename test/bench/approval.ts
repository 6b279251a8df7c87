import { decide, item, openViews, request, requests } from '../e2e/course.ts';
import type { Workbench } from '../e2e/workbench.ts';
import { startWorld, type World } from '../e2e/world.ts';
import { type Figure, median, timed } from './figure.ts';

const rounds = 3;

/** One request from asked to given back; the times from the approval on, in ms. */
async function course(world: World, window: Workbench, round: number): Promise<readonly number[]> {
  await request(window, `INC-4711 round ${round}`);
  await window.statusSays(item, /0 of 1/);
  const pending = requests(world).find(({ state }) => state === 1);
  if (!pending) throw new Error('Nothing is pending in the cluster.');
  await decide(world, pending.id, 'approve');
  const begin = performance.now();
  const notice = await window.notification(/approved/);
  const told = performance.now() - begin;
  const opening = await timed(async () => {
    await notice.press('Open Elevated Terminal');
    await window.terminal.prompt();
  });
  await window.runCommand('JIT Access: Drop Access');
  await (await window.notification(/given back/)).clear();
  return [told, opening, told + opening];
}

/** What a person who waits sees of the approval, in a real window that has the focus, within the first two minutes. */
export async function approval(): Promise<readonly Figure[]> {
  const world = await startWorld({ alone: true });
  try {
    const { window } = world.alice;
    await openViews(window);
    const times: (readonly number[])[] = [];
    for (let round = 0; round < rounds; round++) times.push(await course(world, window, round));
    const figure = (name: string, index: number, aim?: number): Figure => {
      const all = times.map((one) => one[index]! / 1000);
      const note = `median of ${all.map((time) => time.toFixed(2)).join(', ')}; a real window`;
      return { name, value: median(all), unit: 's', note, ...(aim === undefined ? {} : { aim }) };
    };
    return [
      figure('approval given → person told', 0, 3),
      figure('Open Elevated Terminal pressed → prompt', 1),
      figure('approval given → elevated terminal usable', 2),
    ];
  } finally {
    await world.stop();
  }
}
