import assert from 'node:assert/strict';
import { endWarningDue } from '../../../src/access/endWarning.ts';
import { elevation, hour, minute, now, second } from '../../support/samples.ts';

describe('before the end', () => {
  const end = now + 50 * minute;
  const noticeAt = (left: number, subject = elevation()): string | undefined =>
    endWarningDue(subject, end - left);

  it('is spoken of ten minutes before, and a minute before; never earlier, never after', () => {
    assert.deepEqual(
      [11 * minute, 10 * minute, minute + second, minute, second, 0, -hour].map((left) => noticeAt(left)),
      [undefined, 'soon', 'soon', 'last', 'last', undefined, undefined],
    );
  });

  it('of a short one after two thirds of it', () => {
    const short = elevation({ since: end - 15 * minute });
    assert.equal(noticeAt(6 * minute, short), undefined);
    assert.equal(noticeAt(5 * minute, short), 'soon');
  });

  it('the end is the one that comes first', () => {
    const granted = elevation({ certificateEnds: end + hour, grantEnds: end });
    assert.equal(noticeAt(10 * minute, granted), 'soon');
  });

  it('after a continuation there is another end, so nothing is near', () => {
    assert.equal(
      noticeAt(5 * minute, elevation({ certificateEnds: end + hour, since: end - 5 * minute })),
      undefined,
    );
  });
});
