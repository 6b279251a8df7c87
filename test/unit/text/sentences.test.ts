import assert from 'node:assert/strict';
import { failureWords, remedyLabel, type Remedy } from '../../../src/text/failure.ts';
import { dropResultWords } from '../../../src/text/dropResult.ts';
import { languageInUse, useLanguage } from '../../../src/text/language.ts';
import * as time from '../../../src/text/time.ts';
import type { FailureKind } from '../../../src/teleport/process/failure.ts';
import { day, hour, id, minute, now } from '../../support/samples.ts';

describe('words for times', () => {
  it('the time of day; the weekday when it is not near; the date when it is days away', () => {
    assert.equal(time.atTime(now + 70 * minute, now), '04:10');
    assert.equal(time.atTime(now - 3 * hour, now), '00:00');
    assert.match(time.atTime(now + 13 * hour, now), /^Sun,? (at )?16:00$/);
    assert.match(time.atTime(now + 10 * day, now), /^(2 Dec|Dec 2),? (at )?03:00$/);
  });

  it('in full, and as everybody reads it', () => {
    assert.match(time.fullDateTime(now), /2026.*03:00:00.*UTC/);
    assert.equal(time.inUtc(now), '2026-11-22 03:00 UTC');
  });

  it('lengths', () => {
    assert.deepEqual([0, 42, 60, 90, 240].map(time.span), ['0 min', '42 min', '1 h', '1 h 30 min', '4 h']);
  });

  it('how long ago, and how long until', () => {
    assert.equal(time.relative(now - 20_000, now), 'just now');
    assert.equal(time.relative(now - 6 * minute, now), '6 min. ago');
    assert.equal(time.relative(now + 2 * hour, now), 'in 2 hr.');
    assert.match(time.relative(now + 3 * day, now), /^in 3 days/);
  });

  it('follow the language of VS Code', () => {
    assert.equal(languageInUse(), 'en');
    try {
      useLanguage('de', undefined);
      assert.match(time.atTime(now + 13 * hour, now), /^So\.?,? 16:00$/);
    } finally {
      useLanguage('en', undefined);
    }
  });
});

describe('words for what went wrong', () => {
  const kinds: Readonly<Record<FailureKind, Remedy>> = {
    notFound: 'settings',
    tooOld: 'settings',
    signedOut: 'signIn',
    expired: 'signIn',
    needsTerminal: 'signIn',
    unreachable: 'retry',
    timedOut: 'retry',
    cancelled: 'retry',
    unreadable: 'retry',
    gone: 'refresh',
    decided: 'refresh',
    alreadyReviewed: 'refresh',
    notPermitted: 'log',
    notRequestable: 'change',
    tooLong: 'change',
    tooEarly: 'refresh',
    denied: 'refresh',
    locked: 'log',
    untrustedHome: 'log',
    noSpace: 'retry',
    cannotWrite: 'log',
    noReviewRights: 'doctor',
    changed: 'refresh',
    inUse: 'retry',
    unnameable: 'doctor',
    actsAsService: 'doctor',
    leafSelected: 'signIn',
    refused: 'retry',
  };

  for (const [kind, remedy] of Object.entries(kinds) as [FailureKind, Remedy][]) {
    it(`${kind}: says what happened, and has a button`, () => {
      const words = failureWords({ kind });
      assert.match(words.text, /^[A-Z].*[.!]$|^tsh .*\.$/s);
      assert.equal(words.remedy, remedy);
      assert.notEqual(remedyLabel(words.remedy), '');
      assert.equal(words.showSaid, kind === 'refused' || kind === 'notPermitted');
    });
  }

  it('each says something of its own', () => {
    const texts = (Object.keys(kinds) as FailureKind[]).map((kind) => failureWords({ kind }).text);
    assert.equal(new Set(texts).size, texts.length);
  });
});

describe('words for what was given back', () => {
  const dropResult = { requestId: id(1), at: now, where: 'private' } as const;
  const wordsFor = (more: Partial<Parameters<typeof dropResultWords>[0]>): string =>
    dropResultWords({ ...dropResult, ...more }, now);

  it('leave out what is not so', () => assert.equal(wordsFor({}), 'given back here 03:00'));

  it('say what may still be open, and what can be used again', () => {
    assert.equal(
      wordsFor({ openUntil: now + 70 * minute, reusableUntil: now + 90 * minute }),
      'given back here 03:00 · connections already open may last until 04:10 · the approval can be used again until 04:30',
    );
  });

  it('say that the cluster was not told', () => {
    const words = 'given back here 03:00 · the cluster could not be told, but the keys here are gone';
    assert.equal(wordsFor({ dropFailure: { kind: 'unreachable' } }), words);
  });

  it('say that nobody knows whether it was told, where tsh was cut off', () => {
    const words =
      'given back here 03:00 · whether the cluster was told is not known, but the keys here are gone';
    for (const kind of ['timedOut', 'unreadable', 'cancelled'] as const)
      assert.equal(wordsFor({ dropFailure: { kind } }), words);
  });

  it('say that a main login keeps its end', () => {
    assert.equal(
      wordsFor({ loginEnds: now + hour }),
      'given back here 03:00 · your login still ends at 04:00',
    );
  });

  it('never say revoked, nor that anything was proved', () => {
    const all = {
      dropFailure: { kind: 'refused' } as const,
      openUntil: now,
      reusableUntil: now,
      loginEnds: now,
    };
    assert.doesNotMatch(wordsFor(all), /revoke|prove/i);
  });
});
