import assert from 'node:assert/strict';
import { Detour, runSteps, WentBack, type Step, type StepPosition } from '../../../src/editor/runSteps.ts';

type Answers = Readonly<Record<string, string>>;

/**
 * A user who answers dialogs one after another: `back` is the button, `>name` picks in a summary the step to
 * change, any other text is an answer. `seen` says what each dialog showed.
 */
class User {
  readonly seen: string[] = [];
  readonly #answers: string[];
  constructor(...answers: readonly string[]) {
    this.#answers = [...answers];
  }

  async answer(position: StepPosition): Promise<string> {
    const { title, step = 0, steps = 0, canGoBack = false, dialogs } = position;
    const show = (isFirst: boolean): Promise<string> => {
      this.seen.push(`${title} ${step}/${steps}${canGoBack || !isFirst ? ' <' : ''}`);
      const answer = this.#answers.shift() ?? 'no answer';
      if (answer === 'back') return Promise.reject(new WentBack());
      return answer.startsWith('>') ? Promise.reject(new Detour(answer.slice(1))) : Promise.resolve(answer);
    };
    return dialogs ? dialogs.next(show) : show(true);
  }
}

const step = (user: User, name: string, changes: Partial<Step<Answers>> = {}): Step<Answers> => ({
  name,
  title: name,
  ask: async (answers, position) => ({ ...answers, [name]: await user.answer(position) }),
  ...changes,
});
const steps = (user: User): Step<Answers>[] => [
  step(user, 'who'),
  step(user, 'team', { applies: ({ who }) => who === 'team' }),
  step(user, 'why'),
  step(user, 'sum'),
];

describe('a series of steps', () => {
  it('asks what applies, numbered; Back is not in the first step, and leads to the step before', async () => {
    const user = new User('team', 'ops', 'back', 'dev', 'INC-1', 'ok');
    const answers = await runSteps(steps(user), {});
    assert.deepEqual(answers, { who: 'team', team: 'dev', why: 'INC-1', sum: 'ok' });
    assert.deepEqual(user.seen, [
      'who 1/3',
      'team 2/4 <',
      'why 3/4 <',
      'team 2/4 <',
      'why 3/4 <',
      'sum 4/4 <',
    ]);
    const alone = new User('me', 'back', 'me', 'INC-1', 'ok');
    await runSteps(steps(alone), {});
    assert.deepEqual(alone.seen, ['who 1/3', 'why 2/3 <', 'who 1/3', 'why 2/3 <', 'sum 3/3 <']);
  });

  it('Back from the first step leaves the series, where that is possible', async () => {
    const user = new User('back');
    await assert.rejects(runSteps(steps(user), {}, { canGoBack: true }), WentBack);
    assert.deepEqual(user.seen, ['who 1/3 <']);
  });

  it('a summary leads to any step and is shown again after the answer and after Back, also to a step that does not apply', async () => {
    const user = new User('>why', 'INC-2', '>team', 'back', '>who', 'you', 'ok');
    const answers = await runSteps(steps(user), { who: 'me', why: 'INC-1' }, { startAt: 'sum' });
    assert.deepEqual(answers, { who: 'you', why: 'INC-2', sum: 'ok' });
    const sum = 'sum 3/3 <';
    assert.deepEqual(user.seen, [sum, 'why 0/0 <', sum, 'team 0/0 <', sum, 'who 0/0 <', sum]);
  });

  it('starts at a step only if it applies', async () => {
    const user = new User('me', 'INC-1', 'ok');
    await runSteps(steps(user), {}, { startAt: 'team' });
    assert.equal(user.seen[0], 'who 1/3');
  });

  it('of several dialogs in one step Back shows the one before; a step before begins at its first', async () => {
    const user = new User('a', 'b', 'back', 'c', 'd', 'back', 'e', 'f', 'g', 'h');
    const several = step(user, 'several', {
      ask: async (answers, position) => ({
        ...answers,
        several: [await user.answer(position), await user.answer(position), await user.answer(position)].join(
          '',
        ),
      }),
    });
    const answers = await runSteps([several, step(user, 'last')], {});
    assert.deepEqual(answers, { several: 'efg', last: 'h' });
    const [first, later, last] = ['several 1/2', 'several 1/2 <', 'last 2/2 <'];
    assert.deepEqual(user.seen, [first, later, later, later, later, last, first, later, later, last]);
  });

  it('what is typed survives Back and is saved as it is typed; a step is announced before it is asked', async () => {
    const [saved, entered]: [Answers[], string[]] = [[], []];
    const user = new User('me', 'back', 'me', 'INC-1 all', 'ok');
    const why = step(user, 'why', {
      ask: async (answers, position, keep) => {
        const typed = `${position.dialogs?.typed('') ?? ''}+`;
        position.dialogs?.keepTyped('', typed);
        keep({ ...answers, why: typed });
        const text = await user.answer(position);
        return { ...answers, why: text };
      },
    });
    const [who, , , sum] = steps(user);
    await runSteps(
      [who!, why, sum!],
      {},
      {
        save: (answers) => saved.push(answers),
        enter: (name) => Promise.resolve(entered.push(name)),
      },
    );
    assert.deepEqual(
      saved.map((answers) => answers['why']),
      [undefined, '+', '+', '++', 'INC-1 all', 'INC-1 all'],
    );
    assert.deepEqual(entered, ['who', 'why', 'who', 'why', 'sum']);
  });
});
