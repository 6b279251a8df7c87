import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted, type Untrusted } from '../../../src/access/text/untrusted.ts';
import { documentOf, planRoles, readSources } from '../../../src/roles/apply/planApply.ts';
import { type RolePlan } from '../../../src/roles/apply/rolePlan.ts';
import { BaseVersions } from '../../../src/roles/apply/baseVersions.ts';
import { ApplyHistory, type ApplyRecord } from '../../../src/roles/apply/applyHistory.ts';
import { textsAt, valueAt, type Path, type PlainValue } from '../../../src/roles/role/value.ts';
import { sendPlans, type SendContext, type SendOutcome } from '../../../src/roles/apply/sendRoles.ts';
import { planUndo, type UndoPlan } from '../../../src/roles/apply/planUndo.ts';
import { systemClock } from '../../../src/state/clock.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { eventually, failsWith, onEveryCluster, failureKindOf } from '../../support/contract/suite.ts';

const cluster = untrusted('this one');

/** A role that gives nothing to nobody, as a person writes it. */
const manifest = (name: Untrusted, logins = 'nobody', more = ''): string =>
  `# ours\nkind: role\nversion: v7\nmetadata:\n  name: ${JSON.stringify(rawText(name))}\nspec:\n` +
  `  allow:\n    logins: [${logins}]\n${more}  options:\n    max_session_ttl: 1h\n`;

onEveryCluster('applying roles', (world) => {
  let admin: Home;
  let files: StorageFiles;
  let applications: ApplyHistory;
  before(async () => {
    admin = await world().adminHome();
    files = new StorageFiles(await world().newFolder(), () => undefined);
    applications = new ApplyHistory(files);
  });
  const sending = (): SendContext => {
    const { tctl } = world();
    return { tctl, home: admin, clock: systemClock, bases: new BaseVersions(files), history: applications };
  };
  const newName = (start = 'jit-apply-'): Untrusted => {
    const name = `${start}${randomBytes(6).toString('hex')}`;
    world().onClose(() => world().runDirectly('tctl', admin, ['rm', '--', `role/${name}`]));
    return untrusted(name);
  };
  async function plan(...texts: readonly string[]): Promise<readonly RolePlan[]> {
    const held = await world().tctl.roles(admin);
    const sources = texts.map((text, at) => ({ file: `file:///${at}.yaml`, text }));
    const wanted = readSources(sources, held);
    if ('kind' in wanted) return assert.fail(JSON.stringify(wanted));
    const bases = new Map(
      await Promise.all(
        wanted.map(
          async ({ document: { name } }) => [name, await sending().bases.find(cluster, name)] as const,
        ),
      ),
    );
    return planRoles(wanted, held, (name) => bases.get(name));
  }
  /** Plans until the list, which lags, shows what was written before. */
  const plansOnce = (text: string, status: RolePlan['status']): Promise<readonly RolePlan[]> =>
    eventually(
      () => plan(text),
      ([first]) => first?.status === status,
    );
  const apply = (plans: readonly RolePlan[]): Promise<SendOutcome> =>
    sendPlans(plans, applications.begin(cluster, world().administrator, systemClock.now()), sending());
  const kinds = ({ results }: SendOutcome): string[] => results.map(({ kind }) => kind);
  const at = async (name: Untrusted, ...path: Path): Promise<PlainValue | undefined> =>
    valueAt(documentOf(await world().tctl.role(admin, name)), path);
  const logins = async (name: Untrusted): Promise<readonly string[]> =>
    textsAt(await at(name), ['spec', 'allow', 'logins']);
  /** Once the list shows that revision. */
  async function undoing(application: ApplyRecord): Promise<readonly UndoPlan[]> {
    const [role] = application.roles;
    const held = await eventually(
      () => world().tctl.roles(admin),
      (all) => all.some(({ name, revision }) => name === role?.name && revision === role.after),
    );
    return planUndo(application, held);
  }

  it('a role is made, is then as in the file, is changed, and undone', async () => {
    const name = newName();
    const made = await apply(await plan(manifest(name)));
    assert.deepEqual(kinds(made), ['applied']);
    await plansOnce(manifest(name), 'same');
    const changing = await plan(manifest(name, 'nobody, none'));
    assert.deepEqual(changing[0]?.diffs, [
      { path: ['spec', 'allow', 'logins'], removed: [], added: ['none'] },
    ]);
    const changed = await apply(changing);
    assert.deepEqual([kinds(changed), await logins(name)], [['applied'], ['nobody', 'none']]);
    const [undo] = await undoing(changed.record);
    assert.ok(undo?.kind === 'restore');
    assert.deepEqual(kinds(await sendPlans([undo.plan], changed.record, sending())), ['applied']);
    assert.deepEqual(await logins(name), ['nobody']);
  });

  it('undoing one that was made removes it; while somebody holds it the cluster refuses', async () => {
    const name = newName();
    const { record: application } = await apply(await plan(manifest(name)));
    const [undo] = await undoing(application);
    assert.ok(undo?.kind === 'remove');
    await failsWith(world().tctl.removeRole(admin, name, 'another revision'), 'changed');
    await world().tctl.removeRole(admin, name, undo.plan.held?.revision ?? '');
    const gone = await eventually(
      () => failureKindOf(world().tctl.role(admin, name)),
      (why) => why === 'gone',
    );
    assert.equal(gone, 'gone');
    const held = await world().tctl.role(admin, untrusted('dev-team'));
    await failsWith(world().tctl.removeRole(admin, held.name, held.revision), 'inUse');
    await failsWith(world().tctl.removeRole(admin, untrusted('x/dev-team'), held.revision), 'unnameable');
    assert.deepEqual(await world().tctl.role(admin, held.name), held);
  });

  it('somebody else’s change meanwhile is not overwritten, and undoing does not lose it either', async () => {
    const name = newName();
    const first = await apply(await plan(manifest(name)));
    const mine = await plansOnce(manifest(name, 'mine'), 'changed');
    const file = join(await world().newFolder(), 'role.yaml');
    await writeFile(file, manifest(name, 'theirs'));
    assert.equal((await world().runDirectly('tctl', admin, ['create', '-f', file])).exit, 0);
    await eventually(
      () => logins(name),
      ([login]) => login === 'theirs',
    );
    assert.deepEqual(kinds(await apply(mine)), ['stale']);
    await plansOnce(manifest(name, 'mine'), 'stale');
    const held = await world().tctl.roles(admin);
    assert.deepEqual(
      planUndo(first.record, held).map(({ kind }) => kind),
      ['changedSince'],
    );
    assert.deepEqual(await logins(name), ['theirs']);
  });

  it('a name may look like an option or a file, and holds its own in what is sent', async () => {
    for (const start of ['-jit-apply-', '@jit-apply-', '007-', 'no-']) {
      const name = newName(start);
      const sent = await apply(await plan(manifest(name)));
      assert.deepEqual(kinds(sent), ['applied'], start);
      assert.equal(sent.results[0]?.plan.name, name);
      assert.deepEqual(await logins(name), ['nobody']);
    }
  });

  it('a field that the cluster ignores is named, and the role is not called applied', async () => {
    const name = newName();
    const [known] = await plan(manifest(name));
    assert.ok(known);
    const bogus = {
      ...known,
      value: withBogus(known),
      bytes: known.bytes.replace('  allow:', '  allow:\n    bogus_field: 3'),
    };
    const sent = await apply([bogus]);
    assert.deepEqual(kinds(sent), ['inPart']);
    const [result] = sent.results;
    assert.ok(result?.kind === 'inPart');
    assert.deepEqual(result.ignored, [{ path: ['spec', 'allow', 'bogus_field'], sent: 3 }]);
  });

  it('an unknown field refuses the file before anything is sent', async () => {
    const name = newName();
    const text = manifest(name, 'nobody', '    bogus_field: 3\n');
    const wanted = readSources([{ file: 'file:///x', text }], await world().tctl.roles(admin));
    assert.ok('kind' in wanted && wanted.kind === 'problem');
    assert.equal(wanted.problem.code, 'unknownField');
    await failsWith(world().tctl.role(admin, name), 'gone');
  });

  it('a role kept by Terraform is shown and not sent', async () => {
    const name = newName();
    const kept = manifest(name).replace('\nspec:', '\n  labels:\n    teleport.dev/origin: terraform\nspec:');
    const file = join(await world().newFolder(), 'role.yaml');
    await writeFile(file, kept);
    assert.equal((await world().runDirectly('tctl', admin, ['create', '-f', file])).exit, 0);
    const [owned] = await plansOnce(manifest(name, 'mine'), 'ownedElsewhere');
    assert.equal(owned?.owner, untrusted('terraform'));
  });

  it('what the cluster refuses in the middle leaves the rest as it was', async () => {
    const [first, second, third] = [newName(), newName(), newName()];
    const plans = await plan(manifest(first), manifest(second), manifest(third));
    const refusing = plans.map((one) =>
      one.name === second ? { ...one, bytes: one.bytes.replace('version: v7', 'version: v99') } : one,
    );
    const sent = await apply(refusing);
    assert.deepEqual(kinds(sent), ['applied', 'refused', 'waiting']);
    await failsWith(world().tctl.role(admin, second), 'gone');
    await failsWith(world().tctl.role(admin, third), 'gone');
  });

  it('is not for ordinary people', async () => {
    const home = await world().home('bob');
    const name = newName();
    const plans = await plan(manifest(name));
    const begun = applications.begin(cluster, untrusted('bob'), systemClock.now());
    const sent = await sendPlans(plans, begun, { ...sending(), home });
    assert.deepEqual(kinds(sent), ['refused']);
    await failsWith(world().tctl.removeRole(home, untrusted('dev-team'), 'r'), 'notPermitted');
    await failsWith(world().tctl.role(admin, name), 'gone');
  });
});

/** What the plan sends, with a field that no Teleport knows. */
const withBogus = ({ value }: RolePlan): RolePlan['value'] => {
  const spec = value['spec'] as RolePlan['value'];
  return { ...value, spec: { ...spec, allow: { ...(spec['allow'] as RolePlan['value']), bogus_field: 3 } } };
};
