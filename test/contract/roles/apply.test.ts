import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rawText, untrusted, type Untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { planRoles } from '../../../src/roles/apply/planApply.ts';
import { readSources } from '../../../src/roles/apply/readSources.ts';
import type { RolePlan } from '../../../src/roles/apply/rolePlan.ts';
import { findBase } from '../../../src/roles/apply/baseVersions.ts';
import { newRecord, rolesBefore, type ApplyRecord } from '../../../src/roles/apply/applyHistory.ts';
import { textsAt, valueAt, type Path, type PlainValue } from '../../../src/roles/role/value.ts';
import { sendPlans, type SendOutcome, type SendServices } from '../../../src/roles/apply/sendRoles.ts';
import { systemClock } from '../../../src/state/clock.ts';
import { StorageFiles } from '../../../src/state/storageFiles.ts';
import type { Home } from '../../../src/teleport/home/home.ts';
import { sourcesOf } from '../../support/roles/memoryCluster.ts';
import { eventually, failsWith, onEveryCluster, failureKindOf } from '../../support/contract/suite.ts';

const cluster = untrusted('this one');

/** Returns the manifest of a role that grants no access to anybody, written as a person writes it. */
const manifest = (name: Untrusted, logins = 'nobody', more = ''): string =>
  `# ours\nkind: role\nversion: v7\nmetadata:\n  name: ${JSON.stringify(rawText(name))}\nspec:\n` +
  `  allow:\n    logins: [${logins}]\n${more}  options:\n    max_session_ttl: 1h\n`;

onEveryCluster('applying roles', (fixture) => {
  let admin: Home;
  let files: StorageFiles;
  before(async () => {
    admin = await fixture().adminHome();
    files = new StorageFiles(await fixture().newFolder(), () => undefined);
  });
  const services = (mainLogin = admin): SendServices => ({
    tctl: fixture().tctl,
    mainLogin,
    clock: systemClock,
    files,
  });
  const newName = (start = 'jit-apply-'): Untrusted => {
    const name = `${start}${randomBytes(6).toString('hex')}`;
    fixture().onClose(() => fixture().runDirectly('tctl', admin, ['rm', '--', `role/${name}`]));
    return untrusted(name);
  };
  async function plan(...texts: readonly string[]): Promise<readonly RolePlan[]> {
    const clusterRoles = await fixture().tctl.roles(admin);
    const wanted = readSources(sourcesOf(...texts), clusterRoles);
    if ('kind' in wanted) return assert.fail(JSON.stringify(wanted));
    const withBases = wanted.map(async (role) => ({
      ...role,
      base: await findBase(files, cluster, role.name),
    }));
    return planRoles(await Promise.all(withBases), clusterRoles);
  }
  /** Repeats the plan until the list, which lags, shows the previous write. */
  const planUntilStatus = (text: string, status: RolePlan['status']): Promise<readonly RolePlan[]> =>
    eventually(
      () => plan(text),
      ([first]) => first?.status === status,
    );
  const apply = (plans: readonly RolePlan[], by = services()): Promise<SendOutcome> => {
    const record = newRecord(cluster, fixture().administrator, systemClock.now());
    return sendPlans(plans, { purpose: 'apply', record }, by);
  };
  const resultKinds = ({ results }: SendOutcome): string[] => results.map(({ kind }) => kind);
  const roleValue = async (name: Untrusted, ...path: Path): Promise<PlainValue | undefined> =>
    valueAt((await fixture().tctl.role(admin, name)).document, path);
  const logins = async (name: Untrusted): Promise<readonly string[]> =>
    textsAt(await roleValue(name), ['spec', 'allow', 'logins']);
  /** Plans the undo of an apply when the list shows the revision that the apply created. */
  async function planUndoOf(record: ApplyRecord): Promise<readonly RolePlan[]> {
    const [role] = record.roles;
    const clusterRoles = await eventually(
      () => fixture().tctl.roles(admin),
      (all) => all.some(({ name, revision }) => name === role?.name && revision === role.after),
    );
    return planRoles(rolesBefore(record), clusterRoles);
  }

  it('a role is made, is then as in the file, is changed, and undone', async () => {
    const name = newName();
    const created = await apply(await plan(manifest(name)));
    assert.deepEqual(resultKinds(created), ['applied']);
    await planUntilStatus(manifest(name), 'same');
    const changing = await plan(manifest(name, 'nobody, none'));
    assert.deepEqual(changing[0]?.diffs, [
      { path: ['spec', 'allow', 'logins'], removed: [], added: ['none'] },
    ]);
    const changed = await apply(changing);
    assert.deepEqual([resultKinds(changed), await logins(name)], [['applied'], ['nobody', 'none']]);
    const undo = await planUndoOf(changed.record);
    assert.equal(undo[0]?.status, 'changed');
    const task = { purpose: 'undo', record: changed.record } as const;
    assert.deepEqual(resultKinds(await sendPlans(undo, task, services())), ['applied']);
    assert.deepEqual(await logins(name), ['nobody']);
  });

  it('undoing one that was made removes it; while somebody holds it the cluster refuses', async () => {
    const name = newName();
    const { record } = await apply(await plan(manifest(name)));
    const [undo] = await planUndoOf(record);
    assert.equal(undo?.status, 'removed');
    await failsWith(fixture().tctl.removeRole(admin, name, 'another revision'), 'changed');
    await fixture().tctl.removeRole(admin, name, undo.held?.revision ?? '');
    const failureKind = await eventually(
      () => failureKindOf(fixture().tctl.role(admin, name)),
      (kind) => kind === 'gone',
    );
    assert.equal(failureKind, 'gone');
    const devTeam = await fixture().tctl.role(admin, untrusted('dev-team'));
    await failsWith(fixture().tctl.removeRole(admin, devTeam.name, devTeam.revision), 'inUse');
    await failsWith(
      fixture().tctl.removeRole(admin, untrusted('x/dev-team'), devTeam.revision),
      'unnameable',
    );
    assert.deepEqual(await fixture().tctl.role(admin, devTeam.name), devTeam);
  });

  it('somebody else’s change meanwhile is not overwritten, and undoing does not lose it either', async () => {
    const name = newName();
    const first = await apply(await plan(manifest(name)));
    const mine = await planUntilStatus(manifest(name, 'mine'), 'changed');
    const file = join(await fixture().newFolder(), 'role.yaml');
    await writeFile(file, manifest(name, 'theirs'));
    assert.equal((await fixture().runDirectly('tctl', admin, ['create', '-f', file])).exit, 0);
    await eventually(
      () => logins(name),
      ([login]) => login === 'theirs',
    );
    assert.deepEqual(resultKinds(await apply(mine)), ['stale']);
    await planUntilStatus(manifest(name, 'mine'), 'stale');
    const clusterRoles = await fixture().tctl.roles(admin);
    assert.deepEqual(
      planRoles(rolesBefore(first.record), clusterRoles).map(({ status }) => status),
      ['stale'],
    );
    assert.deepEqual(await logins(name), ['theirs']);
  });

  it('a name may look like an option or a file, and holds its own in what is sent', async () => {
    for (const start of ['-jit-apply-', '@jit-apply-', '007-', 'no-']) {
      const name = newName(start);
      const sent = await apply(await plan(manifest(name)));
      assert.deepEqual(resultKinds(sent), ['applied'], start);
      assert.equal(sent.results[0]?.plan.name, name);
      assert.deepEqual(await logins(name), ['nobody']);
    }
  });

  it('a field that the cluster ignores is named, and the role is not called applied', async () => {
    const name = newName();
    const [planned] = await plan(manifest(name));
    assert.ok(planned);
    const bogus = {
      ...planned,
      value: withBogus(planned),
      bytes: planned.bytes.replace('  allow:', '  allow:\n    bogus_field: 3'),
    };
    const sent = await apply([bogus]);
    assert.deepEqual(resultKinds(sent), ['inPart']);
    const [result] = sent.results;
    assert.ok(result?.kind === 'inPart');
    assert.deepEqual(result.ignored, [{ path: ['spec', 'allow', 'bogus_field'], sent: 3 }]);
  });

  it('an unknown field refuses the file before anything is sent', async () => {
    const name = newName();
    const text = manifest(name, 'nobody', '    bogus_field: 3\n');
    const parsed = readSources(sourcesOf(text), await fixture().tctl.roles(admin));
    assert.ok('kind' in parsed && parsed.kind === 'problem');
    assert.equal(parsed.problem.code, 'unknownField');
    await failsWith(fixture().tctl.role(admin, name), 'gone');
  });

  it('a role kept by Terraform is shown and not sent', async () => {
    const name = newName();
    const terraformRole = manifest(name).replace(
      '\nspec:',
      '\n  labels:\n    teleport.dev/origin: terraform\nspec:',
    );
    const file = join(await fixture().newFolder(), 'role.yaml');
    await writeFile(file, terraformRole);
    assert.equal((await fixture().runDirectly('tctl', admin, ['create', '-f', file])).exit, 0);
    const [planned] = await planUntilStatus(manifest(name, 'mine'), 'ownedElsewhere');
    assert.equal(planned?.owner, untrusted('terraform'));
  });

  it('what the cluster refuses in the middle leaves the rest as it was', async () => {
    const [first, second, third] = [newName(), newName(), newName()];
    const plans = await plan(manifest(first), manifest(second), manifest(third));
    const refusing = plans.map((each) =>
      each.name === second ? { ...each, bytes: each.bytes.replace('version: v7', 'version: v99') } : each,
    );
    const sent = await apply(refusing);
    assert.deepEqual(resultKinds(sent), ['applied', 'refused', 'waiting']);
    await failsWith(fixture().tctl.role(admin, second), 'gone');
    await failsWith(fixture().tctl.role(admin, third), 'gone');
  });

  it('is not for ordinary people', async () => {
    const home = await fixture().home('bob');
    const name = newName();
    const plans = await plan(manifest(name));
    const sent = await apply(plans, services(home));
    assert.deepEqual(resultKinds(sent), ['refused']);
    await failsWith(fixture().tctl.removeRole(home, untrusted('dev-team'), 'r'), 'notPermitted');
    await failsWith(fixture().tctl.role(admin, name), 'gone');
  });
});

/** Returns the value that a plan sends, with a field that Teleport does not know. */
const withBogus = ({ value }: RolePlan): RolePlan['value'] => {
  const spec = value['spec'] as RolePlan['value'];
  return { ...value, spec: { ...spec, allow: { ...(spec['allow'] as RolePlan['value']), bogus_field: 3 } } };
};
