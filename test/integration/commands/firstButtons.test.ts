// VS Code has a key and a command, `notification.acceptPrimaryAction`, that press the first button of the newest
// notification: by accident, from a task or from another extension.
import '../../support/vscode/useStandIn.ts';
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import type { RequestChange } from '../../../src/access/requestChanges.ts';
import type { BackgroundServices } from '../../../src/background/services.ts';
import type { CommandId } from '../../../src/commands/shared/commandIds.ts';
import { commandWorld, countedState } from '../../support/commands/commandWorld.ts';
import { elevation, hour, id, minute, names, now, request } from '../../support/samples.ts';
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { screen } from '../../support/vscode/screen.ts';

const { commandIds } = await import('../../../src/commands/shared/commandIds.ts');
const { handleCommand } = await import('../../../src/commands/handlers.ts');
const { notify } = await import('../../../src/views/notifications.ts');
const { EndWarnings } = await import('../../../src/background/endWarnings.ts');

describe('The first button of a notification', () => {
  beforeEach(() => {
    screen.reset();
    screen.person = { press: () => 0 };
  });

  const approved = request({ id: id(1), state: 'approved', grantEnds: now + hour });

  for (const change of [
    { kind: 'approved', request: approved },
    { kind: 'denied', request: { ...approved, state: 'denied' } },
    { kind: 'promoted', request: { ...approved, state: 'promoted' } },
    { kind: 'toReview', requests: [request({ id: id(1), user: untrusted('bob') })] },
  ] as const satisfies readonly RequestChange[])
    it(`about a request that is ${change.kind} opens it, and assumes and decides nothing`, async () => {
      const services = commandWorld({ snapshot: { requests: [approved] } });
      screen.runCommand = (called, passed) => handleCommand(services, called as CommandId, passed);
      await notify(change, now);
      assert.equal(screen.effects.length, 1);
      assert.match(screen.effects[0] ?? '', /^editor: jit-access:/);
    });

  for (const [what, changes] of [
    ['that can be renewed', {}],
    ['that needs a new approval', { grantEnds: now + 2 * minute }],
    ['that is withdrawn', { withdrawn: 'denied' }],
    ['of the main login', { where: { kind: 'mainLogin' } }],
  ] as const)
    it(`before the end of an elevation ${what} opens its request, and lengthens nothing`, async () => {
      const ending = elevation({ certificateEnds: now + 2 * minute, ...changes });
      const services = commandWorld({ snapshot: { requests: [approved], elevations: [ending] } });
      new EndWarnings(services as unknown as BackgroundServices).showDue([ending], now);
      while (screen.effects.length === 0) await setImmediate();
      await setImmediate();
      assert.equal(screen.notifications.length, 1);
      assert.deepEqual(
        screen.effects.map((effect) => effect.split(':')[0]),
        ['editor'],
      );
    });

  it('of what any command says without an object of ours changes nothing, nor does Enter', async () => {
    const acting =
      /^(?:tsh|tctl|kube|elevations|renewal|terminals)\.|^clipboard|^terminal|^typed|^setting|^file:|^workspace edit/;
    for (const command of commandIds)
      for (const [requests, elevations] of [
        [0, 0],
        [1, 1],
        [2, 2],
      ] as const) {
        screen.reset();
        screen.person = { press: () => 0 };
        const services = commandWorld({ snapshot: countedState(requests, elevations) });
        screen.runCommand = (called, passed) => handleCommand(services, called as CommandId, passed);
        await handleCommand(services, command, undefined);
        for (let turn = 0; turn < 20; turn += 1) await setImmediate();
        assert.deepEqual(
          screen.effects.filter((effect) => acting.test(effect)),
          [],
          `${command}, ${String(requests)} requests, ${String(elevations)} elevations`,
        );
      }
  });

  it('about a successor that waits opens it', async () => {
    const services = commandWorld({
      snapshot: {
        requests: [
          { ...approved, grantEnds: now + 50 * minute },
          request({ id: id(2), roles: names('kube-admin') }),
        ],
        elevations: [elevation({ grantEnds: now + 50 * minute, successor: id(2) })],
      },
    });
    const { continueAccess } = await import('../../../src/commands/elevate/continueAccess.ts');
    await continueAccess(services, { id: id(1) });
    assert.match(screen.notifications.join(), /already waits/);
    assert.ok(!screen.effects.includes('clipboard'), screen.effects.join());
  });
});
