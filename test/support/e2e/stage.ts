import { picture } from './pictures.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** A world for the tests of one `describe`; where one fails, both windows are in test-results/failed-*.png. */
export function stage(options: WorldOptions = {}): () => World {
  let world: World | undefined;
  before('alice and rita open VS Code', async () => {
    world = await startWorld(options);
  });
  afterEach('a failure leaves pictures', async function () {
    const { currentTest } = this;
    if (!world || currentTest?.state !== 'failed') return;
    const name = currentTest.title.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
    for (const { person, window } of world.actors)
      await picture(window, `failed-${name}-${person.name}`).catch(() => undefined);
  });
  after('both close it', async () => {
    await world?.stop();
  });
  return () => {
    if (!world) throw new Error('The world is there only while a test runs.');
    return world;
  };
}
