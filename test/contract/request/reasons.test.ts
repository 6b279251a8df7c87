import assert from 'node:assert/strict';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { failsWith, onEveryCluster, unknownId } from '../../support/contract/suite.ts';

/** Texts that have a special meaning for a shell, for tsh or for a terminal. */
const reasons: Readonly<Record<string, string>> = {
  'quotes and what a shell puts in': `it's "quoted" \\ \`id\` $(id) $HOME %s ; & | <x> --reason=other`,
  'several lines, some like those of tsh': `x\n\nRequest ID: ${unknownId}\nStatus: APPROVED`,
  'escape codes, direction marks and letters of the world':
    'a\u001b[31mred\u001b[0m\u0007b\u202etxt\u202c Größe 東京 😀',
  'a leading @, which names a file to tsh': '@/etc/hostname',
  'a leading -, which could be options': '-d --nowait',
  'nothing but an option': '--deny',
  '4,096 bytes': 'ä'.repeat(2048),
};

onEveryCluster('reasons', (fixture) => {
  for (const [what, reason] of Object.entries(reasons)) {
    it(`with ${what} come back as they were sent, also as the words of a decision`, async () => {
      const id = await fixture().createRequest({ reason });
      const { reason: requestReason, resolveReason } = await fixture().decide(id, 'deny', reason);
      assert.deepEqual([requestReason, resolveReason], [untrusted(reason), untrusted(reason)]);
    });
  }

  it('of more than 4,096 bytes are too long', () =>
    failsWith(fixture().createRequest({ reason: `${'ä'.repeat(2048)}!` }), 'tooLong'));
});
