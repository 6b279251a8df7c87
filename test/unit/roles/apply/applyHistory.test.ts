import assert from 'node:assert/strict';
import { rawText, untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { recheckUnknown } from '../../../../src/roles/apply/sendRoles.ts';
import type { RolePlan } from '../../../../src/roles/apply/rolePlan.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { questionText } from '../../../../src/text/roles/questionText.ts';
import { isComplete, outcomePage, outcomeWords } from '../../../../src/text/roles/outcomeText.ts';
import { Applying, kindsOf } from '../../../support/roles/applying.ts';
import { manifest, type MemoryCluster } from '../../../support/roles/memoryCluster.ts';

describe('an Apply', () => {
  const applying = Applying.forEachTest();
  let server: MemoryCluster;
  beforeEach(() => ({ server } = applying()));
  const statusOf = (plans: readonly RolePlan[]): string[] => plans.map(({ status }) => status);
  const namesOf = (roles: readonly { readonly name: RolePlan['name'] }[]): string[] =>
    roles.map(({ name }) => rawText(name));

  it('is undone: the former version is back', async () => {
    server.putRole(manifest('a'));
    await applying().apply(manifest('a', 'logins: [dev, ops]'));
    assert.deepEqual(kindsOf(await applying().undo()), ['applied']);
    const { document } = server.roles.get(untrusted('a')) ?? assert.fail();
    assert.deepEqual((document as { spec: unknown }).spec, { allow: { logins: ['dev'] } });
    assert.deepEqual(await applying().records(), [], 'it is not offered again');
  });

  it('is not undone over what somebody changed since', async () => {
    server.putRole(manifest('a'));
    await applying().apply(manifest('a', 'logins: [dev, ops]'));
    server.putRole(manifest('a', 'logins: [theirs]'));
    const [plan] = await applying().undoPlans();
    assert.equal(plan?.status, 'stale');
    assert.match(plan.base?.text ?? '', /ops/);
    assert.match(plan.base?.server ?? '', /theirs/);
    assert.match(plan.bytes, /- dev\n/);
  });

  it('is not undone over what somebody removed since', async () => {
    server.putRole(manifest('a'));
    server.writeAnswers = ['works, and then the line is lost'];
    server.readAnswers = [{ kind: 'unreachable' }];
    const unknown = await applying().apply(manifest('a', 'logins: [dev, ops]'));
    server.roles.clear();
    assert.deepEqual(statusOf(await applying().undoPlans()), ['stale'], kindsOf(unknown).join());
  });

  it('is not undone where another program keeps the role by now', async () => {
    server.putRole(manifest('a'));
    await applying().apply(manifest('a', 'logins: [ops]'));
    server.putRole(manifest('a', 'logins: [ops]', '  labels: {teleport.dev/origin: terraform}\n'));
    assert.deepEqual(statusOf(await applying().undoPlans()), ['ownedElsewhere']);
  });

  for (const [what, hardened] of Object.entries({
    'an option off': { spec: { allow: { logins: ['ops'] }, options: { port_forwarding: false } } },
    'a mode off': { spec: { allow: { logins: ['ops'] }, options: { create_host_user_mode: 'off' } } },
    'a label to match': { spec: { allow: { logins: ['ops'], node_labels: { env: '' } } } },
    'a label to deny': { spec: { allow: { logins: ['ops'] }, deny: { node_labels: { env: '' } } } },
    'another version': { version: 'v3' },
  }))
    it(`is not undone over what somebody made safer or changed since: ${what}`, async () => {
      server.putRole(manifest('a'));
      const { results } = await applying().apply(manifest('a', 'logins: [ops]'));
      const sent = results[0]?.plan.value ?? assert.fail();
      server.putRole({
        ...sent,
        spec: { ...(sent['spec'] as PlainObject), options: { port_forwarding: true } },
      });
      const filledIn = await applying().undoPlans();
      assert.deepEqual(statusOf(filledIn), ['changed'], 'the server only filled in its own');
      server.putRole({ ...sent, ...hardened });
      const [plan] = await applying().undoPlans();
      assert.equal(plan?.status, 'stale');
      assert.notEqual(plan.base?.server, plan.base?.text);
    });

  it('one after the other: what an undo put back does not stand in the way of the one before', async () => {
    server.putRole(manifest('a'));
    await applying().apply(manifest('a', 'logins: [first]'));
    server.now += 1;
    await applying().apply(manifest('a', 'logins: [second]'));
    const [, first] = await applying().records();
    assert.deepEqual(statusOf(await applying().undoPlans(first)), ['stale']);
    assert.deepEqual(kindsOf(await applying().undo()), ['applied']);
    assert.deepEqual(statusOf(await applying().undoPlans(first)), ['changed']);
  });

  it('a role that was made is to go; one that is gone already is nothing to undo', async () => {
    await applying().apply(manifest('a'));
    assert.deepEqual(statusOf(await applying().undoPlans()), ['removed']);
    server.roles.clear();
    assert.deepEqual(statusOf(await applying().undoPlans()), ['same']);
  });

  it('is undone with what it made: put back, removed, and said in one message', async () => {
    server.putRole(manifest('a'));
    await applying().apply(manifest('a', 'logins: [x], request: {roles: [b]}'), manifest('b'), manifest('c'));
    const plans = await applying().undoPlans();
    assert.deepEqual(namesOf(plans), ['a', 'c', 'b'], 'nobody is without a way in between');
    const question = questionText({ head: [], plans }).text.trimStart();
    assert.match(question, /^b: removed from the cluster, because this Apply made it$/m);
    assert.match(question, /^a: changed\n {4}allow\./);
    assert.match(question, /^ {4}allow\.logins: /m);
    assert.match(question, /\n\nWhere a user still holds a role that is to go, the cluster keeps it\.$/);
    const undone = await applying().undo();
    assert.deepEqual(namesOf(server.allRoles), ['a']);
    assert.ok(isComplete(undone));
    assert.equal(
      outcomeWords(undone, server.now),
      'Undone on ent.example.test: a put back, c, b removed. Files in the workspace stay as they are.',
    );
  });

  it('a role that is still held is kept, the others go, and the message names it and says why', async () => {
    await applying().apply(manifest('a'), manifest('b'), manifest('c'));
    server.writeAnswers = ['works', { kind: 'inUse' }];
    const undone = await applying().undo();
    assert.deepEqual(namesOf(server.allRoles), ['b']);
    assert.ok(!isComplete(undone));
    const message = outcomeWords(undone, server.now);
    assert.match(
      message,
      /^Undone on ent\.example\.test: c, a removed\. Not undone: b\. A user, an access list/,
    );
    assert.match(outcomePage(undone, server.now), /^b\n {4}Not undone\. A user/m);
    assert.deepEqual(namesOf(await applying().undoPlans()), ['b'], 'the others are not offered again');
  });

  it('a failure that is not about one role stops the undo, and the rest is said to be kept', async () => {
    await applying().apply(manifest('a'), manifest('b'), manifest('c'));
    server.writeAnswers = ['works', { kind: 'notPermitted' }];
    const undone = await applying().undo();
    assert.deepEqual(kindsOf(undone), ['removed', 'refused', 'waiting']);
    assert.match(outcomeWords(undone, server.now), /Not undone: b, a\. The document says why\./);
  });

  it('the line is lost while a role is removed: looking decides', async () => {
    await applying().apply(manifest('a'));
    server.writeAnswers = ['works, and then the line is lost'];
    assert.deepEqual(kindsOf(await applying().undo()), ['removed']);
  });

  it('nobody can look whether it is undone: it is not known, until it is read again', async () => {
    await applying().apply(manifest('a'));
    server.writeAnswers = ['works, and then the line is lost'];
    server.readAnswers = [{ kind: 'unreachable' }];
    const undone = await applying().undo();
    assert.deepEqual(kindsOf(undone), ['unknown']);
    assert.match(
      outcomeWords(undone, server.now),
      /It may be undone or not, the cluster could not be asked\./,
    );
    assert.deepEqual(kindsOf(await recheckUnknown(undone, applying().services)), ['removed']);
    assert.deepEqual(await applying().records(), []);
  });

  it('of several roles only the one that somebody changed since is left alone, and named', async () => {
    server.putRole(manifest('a'));
    server.putRole(manifest('b'));
    await applying().apply(manifest('a', 'logins: [x]'), manifest('b', 'logins: [x]'));
    server.putRole(manifest('b', 'logins: [theirs]'));
    assert.match(
      questionText({ head: [], plans: await applying().undoPlans() }).text.trimStart(),
      /^b: changed since by somebody else/m,
    );
    const undone = await applying().undo();
    assert.match(
      outcomeWords(undone, server.now),
      /^Undone on ent\.example\.test: a put back\. Changed since by somebody else, so it stays as it is: b\./,
    );
    assert.match(outcomePage(undone, server.now), /their change stays/);
    assert.deepEqual(namesOf(await applying().undoPlans()), ['b']);
  });

  it('what an undo removed can be applied again: nobody else removed it', async () => {
    await applying().apply(manifest('a'));
    await applying().undo();
    assert.deepEqual(statusOf(server.plans([manifest('a')], await applying().baseOf('a'))), ['new']);
  });

  it('the role that was sent last is undone first', async () => {
    server.putRole(manifest('a'));
    server.putRole(manifest('b'));
    await applying().apply(manifest('a', 'logins: [x]'), manifest('b', 'logins: [x]'));
    assert.deepEqual(namesOf(await applying().undoPlans()), ['b', 'a']);
  });
});
