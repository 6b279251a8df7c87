import assert from 'node:assert/strict';
import { mergeRecords } from '../../../../src/state/elevation/readRecords.ts';
import type { HomeRecord } from '../../../../src/state/elevation/homeRecords.ts';
import { homeRecord } from '../../../support/samples.ts';

describe('the records of private homes that count', () => {
  const own = { pid: 7, stamp: '70' };
  const [name] = [homeRecord(1).name];
  const merged = (onDisk: HomeRecord | undefined, known?: HomeRecord, disbelieved = false) =>
    mergeRecords(
      { records: onDisk ? [onDisk] : [], elsewhere: [], disbelieved: new Set(disbelieved ? [name] : []) },
      new Map(known ? [[name, known]] : []),
      own,
    ).get(name);

  const ownRecord = homeRecord(1, { window: own, shells: [{ pid: 8, stamp: '80' }] });

  it('of its own home a window knows more than the disk: an older text, another window’s, or none at all', () => {
    assert.equal(merged(homeRecord(1, { window: own }), ownRecord), ownRecord);
    assert.equal(merged(undefined, ownRecord), ownRecord);
    const takenOver = homeRecord(1, { window: { pid: 7, stamp: '71' } });
    assert.equal(merged(takenOver, ownRecord), takenOver, 'the same number is not the same window');
  });

  it('a window never takes the record of a process with its number for its own', () => {
    const earlier = homeRecord(1, { window: { pid: 7, stamp: '1' } });
    const onDisk = homeRecord(1, { ...earlier, kube: undefined });
    assert.equal(merged(onDisk, earlier), onDisk);
    assert.equal(merged(undefined, earlier), undefined);
  });

  it('removed is believed, except while the home is still there: then it is in use, with the shells that are known', () => {
    const removed = homeRecord(1, { state: 'removed' });
    assert.equal(merged(removed, ownRecord), removed);
    assert.equal(merged(removed, ownRecord, true), ownRecord);
    assert.equal(merged(removed, undefined, true)?.state, 'ready');
  });
});
