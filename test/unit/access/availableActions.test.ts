import assert from 'node:assert/strict';
import {
  availableActions,
  possible,
  waitsForReview,
  type Busy,
  type ElevationAction,
  type Obstacle,
  type RequestAction,
} from '../../../src/access/availableActions.ts';
import type { Elevation } from '../../../src/access/elevation.ts';
import type { AccessRequest } from '../../../src/access/request.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import type { Snapshot } from '../../../src/state/store.ts';
import {
  elevation,
  hour,
  id,
  minute,
  now,
  profile,
  request,
  review,
  snapshot,
} from '../../support/samples.ts';

const bob = untrusted('bob');
const busy = (kind: Busy) => new Map([[id(1), kind]]);

describe('what may be done with a request', () => {
  type Facts = readonly [AccessRequest, Partial<Snapshot>?];
  type Expected = Readonly<Record<'use' | 'decide' | 'nudge' | 'cancel', Obstacle | undefined>>;
  const own = (use: Obstacle | undefined, waits: Obstacle | undefined): Expected => ({
    use,
    decide: 'own',
    nudge: waits,
    cancel: waits,
  });
  const others = (decide: Obstacle | undefined): Expected => ({
    use: 'ofAnother',
    decide,
    nudge: 'ofAnother',
    cancel: 'ofAnother',
  });
  const approved = request({ state: 'approved' });

  const table: Readonly<Record<string, readonly [Facts, Expected]>> = {
    'own, pending': [[request()], own('pending', undefined)],
    'own, pending past its deadline': [[request({ decideBy: now })], own('expired', 'expired')],
    'own, approved': [[approved], own(undefined, 'ready')],
    'own, approved and being assumed': [[approved, { busy: busy('assuming') }], own('busy', 'ready')],
    'own, approved and in use': [[approved, { elevations: [elevation()] }], own('inUse', 'ready')],
    'own, approved for later': [[{ ...approved, startsAt: now + minute }], own('scheduled', 'scheduled')],
    'own, approved and over': [[{ ...approved, grantEnds: now }], own('expired', 'expired')],
    'own, denied': [[request({ state: 'denied' })], own('denied', 'denied')],
    'own, promoted': [[request({ state: 'promoted' })], own('promoted', 'promoted')],
    'own, in a state of a newer server': [[request({ state: 'other' })], own('other', 'other')],
    'own, with a login that has expired': [
      [approved, { login: { kind: 'expired', profile: profile() } }],
      own(undefined, 'ready'),
    ],
    'of another, pending': [[request({ user: bob })], others(undefined)],
    'of another, pending and being decided': [
      [request({ user: bob }), { busy: busy('deciding') }],
      others('busy'),
    ],
    'of another, pending and reviewed by the user': [
      [request({ user: bob, reviews: [review('alice')] })],
      others('reviewed'),
    ],
    'of another, pending and reviewed by a third': [
      [request({ user: bob, reviews: [review('omar')] })],
      others(undefined),
    ],
    'of another, pending past its deadline': [[request({ user: bob, decideBy: now })], others('expired')],
    'of another, approved': [[{ ...approved, user: bob }], others('ready')],
    'of another, approved for later': [
      [{ ...approved, user: bob, startsAt: now + minute }],
      others('scheduled'),
    ],
    'of another, approved and over': [[{ ...approved, user: bob, grantEnds: now }], others('expired')],
    'of another, denied': [[request({ user: bob, state: 'denied' })], others('denied')],
    'of another, promoted': [[request({ user: bob, state: 'promoted' })], others('promoted')],
    'of another, in a state of a newer server': [[request({ user: bob, state: 'other' })], others('other')],
    'of whoever, while nobody was ever signed in': [
      [request(), { login: { kind: 'signedOut' } }],
      others(undefined),
    ],
  };
  for (const [state, [[subject, changes], expected]] of Object.entries(table)) {
    it(state, () => {
      const [actions] = availableActions(snapshot({ requests: [subject], ...changes }), now).requests;
      assert.deepEqual(actions?.obstacles, { open: undefined, ...expected });
      const words: RequestAction[] = ['open', 'use', 'decide', 'nudge', 'cancel'];
      assert.deepEqual(
        possible(actions.obstacles),
        words.filter((action) => action === 'open' || expected[action] === undefined),
      );
    });
  }
});

describe('what may be done with an elevation', () => {
  type Expected = Readonly<Record<ElevationAction, Obstacle | undefined>>;
  const all = (obstacle?: Obstacle, changes: Partial<Expected> = {}): Expected => ({
    open: undefined,
    drop: undefined,
    terminal: obstacle,
    continue: obstacle,
    kubeCluster: obstacle ?? 'kubeClusterAsChosen',
    ...changes,
  });
  const inMainLogin = elevation({ where: { kind: 'mainLogin' } });
  const moved = { kube: untrusted('prod-eu'), mismatch: untrusted('staging') };

  const table: Readonly<Record<string, readonly [Elevation, Expected, Partial<Snapshot>?]>> = {
    'in a terminal of this window': [elevation(), all()],
    'in a terminal of this window, with kubectl at another cluster': [
      elevation(moved),
      all(undefined, { kubeCluster: undefined }),
    ],
    'in a terminal of another window': [elevation({ here: false }), all('otherWindow')],
    'in a terminal of another window, with kubectl at another cluster': [
      elevation({ here: false, ...moved }),
      all('otherWindow'),
    ],
    'in a terminal of a window that is gone': [
      elevation({ here: false, windowGone: true }),
      all('otherWindow'),
    ],
    'in the main login': [inMainLogin, all('mainLogin', { continue: undefined })],
    'withdrawn on the cluster': [
      elevation({ withdrawn: 'denied' }),
      all(undefined, { continue: 'withdrawn' }),
    ],
    'withdrawn on the cluster, in the main login': [
      { ...inMainLogin, withdrawn: 'deleted' },
      all('mainLogin', { continue: 'withdrawn' }),
    ],
    'being dropped': [elevation(), all('busy', { drop: 'busy' }), { busy: busy('dropping') }],
    'being continued': [elevation(), all('busy', { drop: 'busy' }), { busy: busy('continuing') }],
  };
  for (const [state, [subject, expected, changes]] of Object.entries(table)) {
    it(state, () => {
      const { elevations } = availableActions(snapshot({ elevations: [subject], ...changes }), now);
      assert.deepEqual(
        elevations.map(({ obstacles }) => obstacles),
        [expected],
      );
    });
  }

  it('nothing, once it has ended; the rest in the order of their ends', () => {
    const elevations = [
      elevation({ requestId: id(1), certificateEnds: now + hour }),
      elevation({ requestId: id(2), certificateEnds: now + minute }),
      elevation({ requestId: id(3), certificateEnds: now }),
      elevation({ requestId: id(4), grantEnds: now }),
    ];
    const ids = availableActions(snapshot({ elevations }), now).elevations.map(
      (entry) => entry.elevation.requestId,
    );
    assert.deepEqual(ids, [id(2), id(1)]);
  });
});

describe('what may be done with a request that has ended', () => {
  const entry = { at: now - minute, kind: 'locked', id: id(1), roles: [] } as const;
  const wordsOf = (changes: Partial<Snapshot>): unknown =>
    availableActions(snapshot({ ended: [entry], ...changes }), now).ended.map(({ obstacles }) =>
      possible(obstacles),
    );

  it('it can be asked for again, and used again while the server still reports it as approved', () => {
    assert.deepEqual(wordsOf({}), [['open', 'askAgain']]);
    assert.deepEqual(wordsOf({ requests: [request({ state: 'denied' })] }), [['open', 'askAgain']]);
    assert.deepEqual(wordsOf({ requests: [request({ state: 'approved' })] }), [['open', 'use', 'askAgain']]);
    const over = request({ state: 'approved', grantEnds: now });
    assert.deepEqual(wordsOf({ requests: [over] }), [['open', 'askAgain']]);
  });
});

describe('a request waits for the user', () => {
  const waits = (subject: AccessRequest, changes: Partial<Snapshot> = {}, isReviewer = false): boolean => {
    const [actions] = availableActions(snapshot({ requests: [subject], ...changes }), now).requests;
    return actions !== undefined && waitsForReview(actions, untrusted('alice'), isReviewer);
  };
  const named = request({ user: bob, suggestedReviewers: [untrusted('alice')] });

  it('that names the user as reviewer, or every pending one for who has reviewed before', () => {
    assert.ok(waits(named));
    assert.ok(!waits(request({ user: bob })));
    assert.ok(waits(request({ user: bob }), {}, true));
  });

  it('until the decision was sent, not only until it is being sent', () => {
    assert.ok(waits(named, { busy: busy('deciding') }));
    assert.ok(!waits({ ...named, reviews: [review('alice')] }));
    assert.ok(!waits({ ...named, state: 'approved' }));
    assert.ok(!waits({ ...named, user: untrusted('alice') }));
  });
});
