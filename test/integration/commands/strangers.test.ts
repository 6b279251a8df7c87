// Commands called by a stranger, who passes objects of the right shape that the extension did not make, while the
// person at the keyboard presses Enter for something else.
import '../../support/vscode/useStandIn.ts';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandId } from '../../../src/commands/shared/commandIds.ts';
import { commandWorld, countedState } from '../../support/commands/commandWorld.ts';
import { id } from '../../support/samples.ts';
import { useTemporaryFolder } from '../../support/temporaryFolder.ts';
import { screen } from '../../support/vscode/screen.ts';

const { commandIds } = await import('../../../src/commands/shared/commandIds.ts');
const { handleCommand } = await import('../../../src/commands/handlers.ts');

/** The commands that ask nothing: they read, or show what any extension can open, and no text can be typed there. */
const looks: Partial<Record<CommandId, readonly string[]>> = {
  'jitAccess.refresh': [],
  'jitAccess.doctor': ['editor: jit-access:/doctor/JIT Access Doctor?'],
  'jitAccess.checkPrivileges': ['editor: /Standing Privileges.txt'],
  'jitAccess.showLog': ['log shown'],
  'jitAccess.openSettings': ['command: workbench.action.openSettings'],
};

/** What the first question of a command names, where that is no role of a request or an elevation. */
const named: Partial<Record<CommandId, RegExp>> = {
  'jitAccess.signIn': /alice/,
  'jitAccess.signOut': /ent\.example\.test/,
  'jitAccess.switchProfile': /bob/,
  'jitAccess.saveReport': /Save Report/,
  'jitAccess.acceptFinding': /editor/,
  'jitAccess.openFinding': /editor/,
  'jitAccess.setUpRoles': /dev/,
  'jitAccess.openManifest': /dev/,
  'jitAccess.applyRoles': /a\.yaml/,
  'jitAccess.applyShown': /a\.yaml/,
  'jitAccess.undoApply': /applied-role/,
  'jitAccess.undoShown': /applied-role/,
};

const forged: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['null', null],
  ['an id', id(1)],
  ['a row of the same shape', { id: id(1), target: { kind: 'request', id: id(1) } }],
  [
    'an elevation of the same shape',
    { target: { kind: 'elevation', id: id(1), elevation: countedState(0, 1).elevations?.[0] } },
  ],
  ['a finding and files of the same shape', { finding: { id: 'x' }, files: ['/forged.yaml'] }],
  ['a file', { scheme: 'file', path: '/forged.yaml', fsPath: '/forged.yaml' }],
  ['a list', [{ target: { id: id(1) } }]],
];

describe('A stranger calls a command while somebody types Enter', () => {
  const folder = useTemporaryFolder();

  beforeEach(() => {
    const roles = folder.at('teleport', 'roles');
    mkdirSync(roles, { recursive: true });
    writeFileSync(join(roles, 'a.yaml'), 'kind: role\nversion: v7\nmetadata: {name: dev}\nspec: {}\n');
    screen.folder = folder.path;
  });
  after(() => (screen.folder = undefined));

  for (const command of commandIds) {
    it(`${command} changes, lengthens, repoints, copies, focuses and decides nothing`, async () => {
      for (const requests of [0, 1, 2])
        for (const elevations of [0, 1, 2])
          for (const [what, argument] of forged) {
            screen.reset();
            const services = commandWorld({ snapshot: countedState(requests, elevations) });
            screen.runCommand = (called, passed) => handleCommand(services, called as CommandId, passed);
            await handleCommand(services, command, argument);
            const state = `${String(requests)} requests, ${String(elevations)} elevations, called with ${what}`;
            const shown = JSON.stringify(screen.questions[0]);
            assert.deepEqual(screen.effects, allowed(command, elevations), `${state}: ${shown}`);
            if (requests * elevations > 0 && !looks[command])
              assert.match(shown, named[command] ?? /kube-admin|prod-dba/, `${state}: the question names it`);
          }
    });
  }
});

/** Giving back one elevation is the only thing that Enter alone may do, because it harms nobody. */
function allowed(command: CommandId, elevations: number): readonly string[] {
  const drops = command === 'jitAccess.dropAccess' || command === 'jitAccess.dropAll';
  if (drops && elevations === 1) return ['drops.drop'];
  // The wizard remembers at which step it was left.
  return command === 'jitAccess.setUpRoles' ? ['files.write set-up.json'] : (looks[command] ?? []);
}
