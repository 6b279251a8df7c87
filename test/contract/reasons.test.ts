import assert from 'node:assert/strict';
import { foreign } from '../../src/access/text.ts';
import { failsWith, onEveryCluster, unknown } from './suite.ts';

/** Texts that mean something to a shell, to tsh or to a terminal. */
const reasons: Readonly<Record<string, string>> = {
  'several lines': 'one\ntwo\n\nthree',
  'lines like those of tsh': `x\nRequest ID: ${unknown}\nStatus: APPROVED`,
  quotes: `it's "quoted" \\ \`id\` $(id) $HOME %s ; & | <x>`,
  'escape codes': 'a\u001b[31mred\u001b[0m\u0007b',
  'direction marks': 'a\u202etxt\u202cb',
  'a leading @, which names a file to tsh': '@/etc/hostname',
  'a leading -, which could be an option': '-d --nowait',
  'nothing but an option': '--deny',
  'an equals sign': '--reason=other',
  'letters of the world': 'Größe 東京 😀',
  '4,096 bytes': 'ä'.repeat(2048),
};

onEveryCluster('reasons', (world) => {
  for (const [what, reason] of Object.entries(reasons)) {
    it(`with ${what} come back as they were sent, also as the words of a decision`, async () => {
      const id = await world().ask({ reason });
      const { reason: asked, resolveReason } = await world().decide(id, 'deny', reason);
      assert.deepEqual([asked, resolveReason], [foreign(reason), foreign(reason)]);
    });
  }

  it('of more than 4,096 bytes are too long', () =>
    failsWith(world().ask({ reason: `${'ä'.repeat(2048)}!` }), 'tooLong'));
});
