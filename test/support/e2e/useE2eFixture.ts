import { takeScreenshot } from './pictures.ts';
import { startE2eFixture, type E2eFixture, type E2eOptions } from './e2eFixture.ts';

/**
 * Starts a fixture for the tests of a `describe` and stops it after them. When a test fails, saves
 * screenshots of all windows as test-results/failed-*.png.
 */
export function useE2eFixture(options: E2eOptions = {}): () => E2eFixture {
  let fixture: E2eFixture | undefined;
  before('alice and rita open VS Code', async () => {
    fixture = await startE2eFixture(options);
  });
  afterEach('a failure leaves pictures', async function () {
    const { currentTest } = this;
    if (!fixture || currentTest?.state !== 'failed') return;
    const name = currentTest.title.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 60);
    for (const { person, window } of fixture.actors)
      await takeScreenshot(window, `failed-${name}-${person.name}`).catch(() => undefined);
  });
  after('both close it', async () => {
    await fixture?.stop();
  });
  return () => {
    if (!fixture) throw new Error('The fixture is there only while a test runs.');
    return fixture;
  };
}
