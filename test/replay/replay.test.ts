// Runs commands that were recorded with a real Teleport again on the demo cluster, in the recorded order.
// Compares the output byte for byte, except ids, times and fractions of seconds (see recordings.ts).
import assert from 'node:assert/strict';
import { knownDifferences, matched, onCluster, played } from '../support/replay/play.ts';
import { recordingNames } from '../support/recordings.ts';
import { argumentsAndUsage } from './scripts/arguments.ts';
import { communityReads, tctlDecides } from './scripts/community.ts';
import { kubernetes } from './scripts/kubernetes.ts';
import { editorReads } from './scripts/reads.ts';
import { lockOnOneHome, otherLengths, rolesAndResources } from './scripts/roles.ts';
import { wholeWay } from './scripts/wholeWay.ts';

onCluster('enterprise', 'one cluster', '2026-11-22T13:46:47.100Z', () => {
  wholeWay();
  argumentsAndUsage();
  kubernetes();
  lockOnOneHome();
  rolesAndResources();
  otherLengths();
});

onCluster('enterprise', 'another cluster', '2026-11-22T14:19:56.400Z', editorReads);
onCluster('community', 'one cluster', '2026-11-22T13:46:48.100Z', tctlDecides);
onCluster('community', 'the same, earlier', '2026-11-22T13:45:44.500Z', communityReads);

describe('the recordings', () => {
  it('are all played', () => {
    assert.deepEqual(
      recordingNames().filter((name) => !played.has(name)),
      [],
    );
  });
});

after(() => {
  console.log(`\n${matched.size} of ${recordingNames().length} recordings match`);
  for (const [name, reason] of Object.entries(knownDifferences)) console.log(`  not ${name}: ${reason}`);
});
