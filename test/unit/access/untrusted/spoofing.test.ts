import * as l10n from '@vscode/l10n';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as inert from '../../../../src/access/untrusted/sinks.ts';
import { untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { myAccess } from '../../../../src/views/rows/myAccess.ts';
import { requestPage } from '../../../../src/views/pages/requestPage.ts';
import type { Row } from '../../../../src/views/rows/row.ts';
import { statusItem } from '../../../../src/views/statusItem.ts';
import { toReview } from '../../../../src/views/rows/toReview.ts';
import { elevation, id, minute, now, profile, request, review, snapshot } from '../../../support/samples.ts';
import { assertProperty } from '../../../support/property.ts';
import { spoof } from '../../../support/spoofs.ts';

/** Patterns that no drawn text may contain. They are written independently of the code that removes them. */
/* eslint-disable no-control-regex, no-misleading-character-class -- the test looks for these characters */
const forbidden: readonly (readonly [string, RegExp])[] = [
  ['a control character or a new line', /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/],
  ['a direction mark', /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/],
  [
    'a zero-width mark',
    /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u206f\u3164\ufeff\uffa0\u2800]/,
  ],
  ['an invisible tag', /[\u{e0000}-\u{e0fff}\ufe00-\ufe0d\ufff0-\ufffb]/u],
  ['a selector on something that is no sign', /(^|[^\p{So}])[\ufe0e\ufe0f]/u],
  ['half a character', /\p{Cs}/u],
  ['an icon', /\$\(/],
  ['a Markdown link', /\]\(/],
  ['an address', /:\/\//],
  ['a link that acts', /(command|vscode|vscode-insiders|javascript|data|file|mailto|vbscript):[^\s…]/i],
  ['a flood of marks', /\p{M}{6}/u],
];
/* eslint-enable no-control-regex, no-misleading-character-class */

function assertInert(shown: string, what: string): void {
  const match = forbidden.find(([, pattern]) => pattern.test(shown));
  if (match) assert.fail(`${what} holds ${match[0]}: ${JSON.stringify(shown)}`);
}

const mark = ' [mixed scripts]';
const characterCount = (text: string): number => Array.from(text.replace(mark, '')).length;

/** The sinks that produce one line, and the maximum number of characters of each, with quotation marks. */
const sinks = {
  forRow: [inert.forRow, 122],
  forTooltip: [inert.forTooltip, 502],
  forSpeech: [inert.forSpeech, 202],
  forPick: [inert.forPick, 120],
  forStatusBar: [inert.forStatusBar, 30],
  forTerminalName: [inert.forTerminalName, 40],
  forModal: [inert.forModal, 502],
  forSentence: [inert.forSentence, 502],
} as const;

describe('ten thousand texts that try to be something else', () => {
  it('are one inert line in every sink, no longer than it promises', () => {
    assertProperty(
      fc.property(spoof, (text) => {
        for (const [name, [sink, limit]] of Object.entries(sinks)) {
          const shown = sink(untrusted(text));
          assertInert(shown, name);
          assert.doesNotMatch(shown, /\p{Zs}{2}/u, `${name} has a gap`);
          assert.ok(characterCount(shown) <= limit, `${name} is ${characterCount(shown)} long`);
        }
      }),
      10_000,
    );
  });

  it('cannot close the quotation marks of a dialog', () => {
    assertProperty(
      fc.property(spoof, (text) =>
        assert.match(inert.forModal(untrusted(text)), /^“[^“”„‟❝❞〝〞〟＂″‶ʺˮ״˝᳓⁗˶]*”$/u),
      ),
      2_000,
    );
  });

  it('are on the page in lines that fit, each marked', () => {
    assertProperty(
      fc.property(spoof, (text) => {
        const lines = inert.forPage(untrusted(text));
        assert.ok(lines.length > 0);
        for (const line of lines) {
          assertInert(line, 'the page');
          assert.match(line, /^│( .{1,100})?$/u);
        }
      }),
      3_000,
    );
  });

  it('are in a notification a plain name, or not at all', () => {
    assertProperty(
      fc.property(spoof, (text) => {
        const shown = inert.forMessage(untrusted(text));
        assert.ok(
          shown === undefined || (shown === text && /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/.test(shown)),
        );
        assert.ok(!shown?.includes('\n'));
      }),
      5_000,
    );
  });

  it('fill no place of our words but their own', () => {
    assertProperty(
      fc.property(spoof, spoof, (one, other) => {
        const [first, second] = [inert.forRow(untrusted(one)), inert.forRow(untrusted(other))];
        assert.equal(l10n.t('{0} by {1}, {2}', first, second, 7), `${first} by ${second}, 7`);
      }),
      1_000,
    );
  });
});

/** The rows and all rows below them. */
const allRows = (rows: readonly Row[]): Row[] => rows.flatMap((row) => [row, ...allRows(row.children ?? [])]);

/** The screen when this text is in every place where other people can write. */
function screenWith(text: string, isOwn: boolean) {
  const name = untrusted(text);
  const [me, other] = [untrusted('alice'), name];
  const resource = { cluster: name, kind: name, name };
  const reviewed = [review(text, 'approved', text), review(text, 'denied', text)];
  const texts = {
    user: isOwn ? me : other,
    roles: [name, name],
    reason: name,
    resolveReason: name,
    suggestedReviewers: [name, me],
    thresholds: [{ name, approve: 2, deny: 1 }],
  };
  const requests = [
    request({ ...texts, id: id(1), reviews: [review(text, 'approved', text)] }),
    request({ ...texts, id: id(2), state: 'approved', reviews: reviewed }),
    request({ ...texts, id: id(3), state: 'denied', reviews: reviewed, resources: [resource] }),
    request({ ...texts, id: id(4), resources: [resource, resource] }),
    request({ ...texts, id: id(5), state: 'approved', startsAt: now + minute }),
    request({ ...texts, id: id(6), state: 'denied', reviews: [] }),
  ];
  const current = snapshot({
    login: { kind: 'signedIn', profile: profile('alice') },
    requests,
    elevations: isOwn ? [elevation({ requestId: id(7), roles: [name, name] })] : [],
    ended: [
      { at: now - minute, kind: 'denied', id: id(8), roles: [name], by: name, words: name },
      { at: now - minute, kind: 'dropped', id: id(9), roles: [name] },
    ],
    waiting: requests.map((each) => each.id),
    isReviewer: true,
  });
  const idle = { ...current, elevations: [] };
  return {
    rows: allRows([
      ...myAccess(current, now),
      ...toReview(current, now).rows.map((row) => ({ ...row, id: `review ${row.id}` })),
    ]),
    status: [
      statusItem(current, now),
      statusItem({ ...idle, busy: new Map([[id(1), 'assuming']]) }, now),
      statusItem(idle, now),
      statusItem({ ...idle, requests: requests.slice(0, 1) }, now),
    ],
    pages: [1, 2, 3, 4, 5, 6, 8, 9].map((n) => requestPage(id(n), current, now)),
  };
}

const lineCount = (text: string | undefined): number => (text ?? '').split('\n').length;
/** The words of a page that the extension writes: marked and quoted text is removed, as others wrote it. */
const ownWords = (page: string): string[] =>
  page
    .split('\n')
    .map((line) => line.replace(/^([^“│]*)│.*/u, '$1│').replace(/“[^“”]*”/gu, '“”'))
    // The extension adds these words itself when a name mixes scripts.
    .map((line) => line.replace('a name mixes scripts · ', ''))
    // These are further lines of untrusted text.
    .filter((line) => line.trim() !== '│');
const innocentScreens = [true, false].map((isOwn) => screenWith('an innocent text', isOwn));

describe('texts that try to be something else, on screen', () => {
  const onEveryScreen = (
    check: (shown: ReturnType<typeof screenWith>, innocent: ReturnType<typeof screenWith>) => void,
    runs: number,
  ): void =>
    assertProperty(
      fc.property(spoof, fc.boolean(), (text, isOwn) => {
        // Sentences show a plain name unmarked and leave out an empty text, so neither can be compared.
        fc.pre(inert.forMessage(untrusted(text)) === undefined && text.trim() !== '');
        check(screenWith(text, isOwn), innocentScreens[isOwn ? 0 : 1]!);
      }),
      runs,
    );

  it('draw no row, no line of a tooltip and no icon that is not ours', () => {
    onEveryScreen(({ rows }, innocent) => {
      assert.deepEqual(
        rows.map(({ icon, color, can, command }) => [icon, color, can, command]),
        innocent.rows.map(({ icon, color, can, command }) => [icon, color, can, command]),
      );
      assert.equal(new Set(rows.map((row) => row.id)).size, rows.length);
      rows.forEach((row, index) => {
        for (const part of ['label', 'description', 'spoken'] as const) assertInert(row[part] ?? '', part);
        for (const line of (row.tooltip ?? '').split('\n')) assertInert(line, 'tooltip');
        assert.equal(lineCount(row.tooltip), lineCount(innocent.rows[index]?.tooltip), row.tooltip);
      });
    }, 150);
  });

  it('are a status bar item with our icon and no other', () => {
    onEveryScreen(({ status }, innocent) => {
      status.forEach(({ text, tooltip, spoken }, index) => {
        const icon = /^\$\([a-z~-]+\)/;
        assert.deepEqual(icon.exec(text)?.[0], icon.exec(innocent.status[index]?.text ?? '')?.[0]);
        assertInert(text.replace(icon, ''), 'status');
        assertInert(spoken, 'spoken');
        for (const line of tooltip.split('\n')) assertInert(line, 'tooltip');
        assert.equal(lineCount(tooltip), lineCount(innocent.status[index]?.tooltip));
      });
    }, 150);
  });

  it('add nothing to the page that could pass for ours', () => {
    onEveryScreen(({ pages }, innocent) => {
      pages.forEach((page, index) => {
        for (const line of page.split('\n')) assertInert(line, 'page');
        assert.deepEqual(ownWords(page), ownWords(innocent.pages[index] ?? ''));
      });
    }, 150);
  });
});
