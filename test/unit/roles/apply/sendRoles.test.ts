import assert from 'node:assert/strict';
import { rawText, untrusted, type Untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { planRoles, readSources } from '../../../../src/roles/apply/planApply.ts';
import type { RolePlan } from '../../../../src/roles/apply/rolePlan.ts';
import { lackedField } from '../../../../src/roles/role/enterpriseOnly.ts';
import { ApplyHistory, type ApplyRecord } from '../../../../src/roles/apply/applyHistory.ts';
import type { PlainObject } from '../../../../src/roles/role/value.ts';
import { refreshRoles } from '../../../../src/roles/role/readRole.ts';
import { recheckUnknown, sendPlans, type SendOutcome } from '../../../../src/roles/apply/sendRoles.ts';
import { planUndo } from '../../../../src/roles/apply/planUndo.ts';
import { StorageFiles } from '../../../../src/state/storageFiles.ts';
import { outcomePage, outcomeWords } from '../../../../src/text/roles/applyText.ts';
import {
  isFullyUndone,
  undonePage,
  undoneWords,
  undoWords,
  type UndoOutcome,
} from '../../../../src/text/roles/undoText.ts';
import type { Failure } from '../../../../src/teleport/process/failure.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import type { StoredResource } from '../../../../src/teleport/output/adminSchema.ts';
import { TemporaryFolder } from '../../../support/temporaryFolder.ts';
import { cluster, eve, manifest, MemoryCluster } from '../../../support/roles/memoryCluster.ts';

describe('sending roles', () => {
  let folder: TemporaryFolder;
  let files: StorageFiles;
  let server: MemoryCluster;
  let history: ApplyHistory;
  const reported: string[] = [];

  beforeEach(async () => {
    folder = await TemporaryFolder.open();
    files = new StorageFiles(folder.at('storage'), (name) => reported.push(name));
    history = new ApplyHistory(files);
    server = new MemoryCluster();
    server.now = 1_000;
  });
  afterEach(() => folder.close());

  function plans(...texts: readonly string[]): readonly RolePlan[] {
    const wanted = readSources(
      texts.map((text, index) => ({ file: `file:///${index}`, text })),
      server.allRoles,
    );
    return 'kind' in wanted
      ? assert.fail(JSON.stringify(wanted))
      : planRoles(wanted, server.allRoles, () => undefined);
  }
  const apply = (...texts: readonly string[]): Promise<SendOutcome> =>
    sendPlans(plans(...texts), history.begin(cluster, eve, server.now), server.sendContext(files));
  const kinds = ({ results }: SendOutcome): string[] => results.map(({ kind }) => kind);
  const newest = async (): Promise<ApplyRecord> =>
    (await history.undoable(cluster))[0] ?? assert.fail('nothing to undo');
  const undo = async (): Promise<SendOutcome> => {
    const record = await newest();
    const undoings = planUndo(record, server.allRoles).filter(({ kind }) => kind === 'restore');
    const { tctl, home, clock, bases } = server.sendContext(files);
    return sendPlans(
      undoings.map(({ plan }) => plan),
      record,
      { tctl, home, clock, bases },
    );
  };

  it('each is read back; what came of it is the base of the next change', async () => {
    const sent = await apply(manifest('a'), manifest('b'));
    assert.deepEqual(kinds(sent), ['applied', 'applied']);
    const base = await server.sendContext(files).bases.find(cluster, untrusted('a'));
    assert.equal(base?.revision, server.roles.get(untrusted('a'))?.revision);
    assert.equal(outcomeWords(sent.results), '2 of 2 roles applied.');
  });

  it('a field that the server drops is named, and the role is not called applied', async () => {
    server.unknownFields = ['db_roles'];
    const sent = await apply(manifest('a', 'logins: [dev], db_roles: [x]'));
    assert.deepEqual(kinds(sent), ['inPart']);
    const page = outcomePage(sent.results, { cluster, at: server.now });
    assert.match(page, /allow\.db_roles: sent .*, the cluster holds nothing/);
    assert.match(outcomeWords(sent.results), /^0 of 1 roles applied\. 1 in part/);
  });

  it('the server says no in the middle: what was applied, what not, and the rest is not tried', async () => {
    const message = untrusted('role field allow.request.thresholds is not for `you`](command:x)');
    server.writeAnswers = ['works', { kind: 'refused', said: message }];
    const sent = await apply(manifest('a'), manifest('b'), manifest('c'));
    assert.deepEqual(kinds(sent), ['applied', 'refused', 'waiting']);
    assert.deepEqual(server.writtenRoles.map(rawText), ['a']);
    const page = outcomePage(sent.results, { cluster, at: server.now });
    assert.match(page, /│ role field allow\.request\.thresholds/);
    assert.doesNotMatch(page, /\]\(command:/);
    assert.match(outcomeWords(sent.results), /1 of 3 roles applied\. 2 not applied/);
    const again = await apply(...['a', 'b', 'c'].map((name) => manifest(name)).slice(1));
    assert.deepEqual(kinds(again), ['applied', 'applied']);
  });

  it('a Community server says which field it does not have: that is said, and what to do', async () => {
    const words = 'role field allow.review_requests is only available in enterprise subscriptions';
    server.writeAnswers = [{ kind: 'refused', said: untrusted(words) }];
    const { results } = await apply(manifest('a'));
    const page = outcomePage(results, { cluster, at: server.now });
    assert.match(page, /This is Teleport Community, which does not have allow\.review_requests\./);
    const other: Failure = { kind: 'refused', said: untrusted('role field x is not for you') };
    assert.equal(lackedField(other), undefined);
    const option = 'role option request_access: always is only available in enterprise subscriptions';
    assert.equal(lackedField({ kind: 'refused', said: untrusted(option) }), 'request_access');
    assert.equal(lackedField({ kind: 'unreachable', said: untrusted(words) }), undefined);
  });

  it('somebody else writes in the same moment: theirs stays', async () => {
    server.putRole(manifest('a'));
    server.writeAnswers = ['somebody else writes'];
    const sent = await apply(manifest('a', 'logins: [mine]'), manifest('b'));
    assert.deepEqual(kinds(sent), ['stale', 'waiting']);
    assert.deepEqual(server.writtenRoles, []);
    assert.deepEqual(await history.undoable(cluster), []);
  });

  it('the line is lost after it was sent: reading back decides, and nothing is sent twice', async () => {
    server.writeAnswers = ['works, and then the line is lost'];
    const sent = await apply(manifest('a'), manifest('b'));
    assert.deepEqual(kinds(sent), ['applied', 'applied']);
    assert.deepEqual(server.writtenRoles.map(rawText), ['a', 'b']);
  });

  it('the line is lost before: the role is as it was', async () => {
    server.putRole(manifest('a'));
    for (const kind of ['unreachable', 'timedOut', 'unreadable', 'cancelled'] as const) {
      server.writeAnswers = [{ kind }];
      assert.deepEqual(kinds(await apply(manifest('a', 'logins: [mine]'))), ['refused'], kind);
    }
    assert.deepEqual(server.writtenRoles, []);
    assert.deepEqual(await history.undoable(cluster), []);
  });

  it('nobody can look: it is not known, until it is read again', async () => {
    server.writeAnswers = ['works, and then the line is lost'];
    server.readAnswers = [{ kind: 'unreachable' }];
    const sent = await apply(manifest('a'), manifest('b'));
    assert.deepEqual(kinds(sent), ['unknown', 'waiting']);
    assert.match(outcomeWords(sent.results), /1 not known/);
    server.readAnswers = [{ kind: 'unreachable' }];
    const stillUnknown = await recheckUnknown(sent, server.sendContext(files));
    assert.deepEqual(kinds(stillUnknown), ['unknown', 'waiting']);
    const known = await recheckUnknown(stillUnknown, server.sendContext(files));
    assert.deepEqual(kinds(known), ['applied', 'waiting']);
    assert.deepEqual(server.writtenRoles.map(rawText), ['a']);
    const [kept] = await history.undoable(cluster);
    assert.equal(kept?.roles[0]?.after, server.roles.get(untrusted('a'))?.revision);
  });

  it('read again, it turns out that it never got there', async () => {
    server.putRole(manifest('a'));
    server.writeAnswers = [{ kind: 'unreachable' }];
    server.readAnswers = [{ kind: 'unreachable' }];
    const sent = await apply(manifest('a', 'logins: [mine]'));
    assert.deepEqual(kinds(sent), ['unknown']);
    assert.deepEqual(kinds(await recheckUnknown(sent, server.sendContext(files))), ['refused']);
    assert.deepEqual(await history.undoable(cluster), []);
  });

  it('written for sure and never seen: not known, and not said to be as it was', async () => {
    server.writeAnswers = [{ kind: 'timedOut', done: true }];
    assert.deepEqual(kinds(await apply(manifest('a'))), ['unknown']);
  });

  it('the line is lost, and somebody else has written meanwhile: said as that', async () => {
    server.putRole(manifest('a'));
    server.writeAnswers = [{ kind: 'unreachable' }];
    const [plan] = plans(manifest('a', 'logins: [mine]'));
    server.putRole(manifest('a', 'logins: [theirs]'));
    const record = history.begin(cluster, eve, 0);
    const sent = await sendPlans([plan ?? assert.fail()], record, server.sendContext(files));
    assert.deepEqual(kinds(sent), ['stale']);
  });

  it('what cannot be undone is not sent', async () => {
    await folder.writeProgram('storage');
    const sent = await apply(manifest('a'));
    assert.deepEqual(kinds(sent), ['refused']);
    assert.deepEqual(server.writtenRoles, []);
    assert.match(outcomePage(sent.results, { cluster, at: 0 }), /cannot be written/);
  });

  it('is undone: the former version is back', async () => {
    server.putRole(manifest('a'));
    await apply(manifest('a', 'logins: [dev, ops]'));
    assert.deepEqual(kinds(await undo()), ['applied']);
    const { document } = server.roles.get(untrusted('a')) ?? assert.fail();
    assert.deepEqual((document as { spec: unknown }).spec, { allow: { logins: ['dev'] } });
  });

  it('is not undone over what somebody changed since', async () => {
    server.putRole(manifest('a'));
    await apply(manifest('a', 'logins: [dev, ops]'));
    server.putRole(manifest('a', 'logins: [theirs]'));
    const record = await newest();
    const [undoing] = planUndo(record, server.allRoles);
    assert.ok(undoing?.kind === 'changedSince');
    assert.match(undoing.applied, /ops/);
    assert.match(undoing.server, /theirs/);
    assert.match(undoing.plan.bytes, /- dev\n/);
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
      const { results } = await apply(manifest('a', 'logins: [ops]'));
      const sent = results[0]?.plan.value ?? assert.fail();
      const undoKinds = async () => planUndo(await newest(), server.allRoles).map(({ kind }) => kind);
      server.putRole({
        ...sent,
        spec: { ...(sent['spec'] as PlainObject), options: { port_forwarding: true } },
      });
      assert.deepEqual(await undoKinds(), ['restore'], 'the server only filled in its own');
      server.putRole({ ...sent, ...hardened });
      const [undoing] = planUndo(await newest(), server.allRoles);
      assert.ok(undoing?.kind === 'changedSince');
      assert.notEqual(undoing.server, undoing.applied);
    });

  it('one after the other: what an undo put back does not stand in the way of the one before', async () => {
    server.putRole(manifest('a'));
    await apply(manifest('a', 'logins: [first]'));
    server.now += 1;
    await apply(manifest('a', 'logins: [second]'));
    const [second, first] = await history.undoable(cluster);
    assert.ok(first && second);
    const kindsBefore = planUndo(first, server.allRoles).map(({ kind }) => kind);
    assert.deepEqual(kindsBefore, ['changedSince']);
    assert.deepEqual(kinds(await undo()), ['applied']);
    const kindsAfter = planUndo(first, server.allRoles).map(({ kind }) => kind);
    assert.deepEqual(kindsAfter, ['restore']);
  });

  it('a role that was made is to go; one that is gone already is nothing to undo', async () => {
    await apply(manifest('a'));
    const record = await newest();
    const undoKinds = () => planUndo(record, server.allRoles).map(({ kind }) => kind);
    assert.deepEqual(undoKinds(), ['remove']);
    server.roles.clear();
    assert.deepEqual(undoKinds(), ['alreadyUndone']);
  });

  /** Undoes the newest apply: first restores the changed roles, then removes the created roles. */
  const undoAll = async (): Promise<UndoOutcome> => {
    const undoings = planUndo(await newest(), server.allRoles);
    const plansOf = (kind: string): RolePlan[] =>
      undoings.filter((undoing) => undoing.kind === kind).map(({ plan }) => plan);
    const { tctl, home, clock, bases } = server.sendContext(files);
    const plansOfUndo = [...plansOf('restore'), ...plansOf('remove')];
    const { results } = await sendPlans(plansOfUndo, await newest(), { tctl, home, clock, bases });
    return {
      results,
      changedSince: undoings.flatMap(({ kind, plan }) => (kind === 'changedSince' ? [plan.name] : [])),
    };
  };

  it('is undone with what it made: put back, removed, and said in one message', async () => {
    server.putRole(manifest('a'));
    await apply(manifest('a', 'logins: [x]'), manifest('b'), manifest('c'));
    const undoings = planUndo(await newest(), server.allRoles);
    const question = undoWords(
      undoings.map(({ plan }) => plan),
      [],
    );
    assert.match(question, /^b: removed from the cluster, because this Apply made it$/m);
    assert.match(question, /^a: changed\n {4}allow\.logins: /m);
    const undone = await undoAll();
    assert.deepEqual([...server.roles.keys()].map(rawText), ['a']);
    assert.ok(isFullyUndone(undone));
    assert.equal(
      undoneWords(undone, 'ent'),
      'Undone on ent: a put back, c, b removed. Files in the workspace stay as they are.',
    );
  });

  it('a role that is still held is kept, the others go, and the message names it and says why', async () => {
    await apply(manifest('a'), manifest('b'), manifest('c'));
    server.writeAnswers = ['works', { kind: 'inUse' }];
    const undone = await undoAll();
    assert.deepEqual([...server.roles.keys()].map(rawText), ['b']);
    assert.ok(!isFullyUndone(undone));
    const message = undoneWords(undone, 'ent');
    assert.match(message, /^Undone on ent: c, a removed\. Not undone: b\. A user, an access list/);
    assert.match(undonePage(undone, { cluster, at: server.now }), /^b\n {4}Not undone\. A user/m);
  });

  it('a failure that is not about one role stops the undo, and the rest is said to be kept', async () => {
    await apply(manifest('a'), manifest('b'), manifest('c'));
    server.writeAnswers = ['works', { kind: 'notPermitted' }];
    const undone = await undoAll();
    assert.deepEqual(
      undone.results.map(({ kind }) => kind),
      ['removed', 'refused', 'waiting'],
    );
    assert.match(undoneWords(undone, 'ent'), /Not undone: b, a\. The document says why\./);
  });

  it('the line is lost while a role is removed: looking decides', async () => {
    await apply(manifest('a'));
    server.writeAnswers = ['works, and then the line is lost'];
    const { results } = await undoAll();
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['removed'],
    );
  });

  it('of several roles only the one that somebody changed since is left alone, and named', async () => {
    server.putRole(manifest('a'));
    server.putRole(manifest('b'));
    await apply(manifest('a', 'logins: [x]'), manifest('b', 'logins: [x]'));
    server.putRole(manifest('b', 'logins: [theirs]'));
    const undone = await undoAll();
    assert.match(
      undoneWords(undone, 'ent'),
      /^Undone on ent: a put back\. Changed since by somebody else, so it stays as it is: b\./,
    );
    assert.match(undonePage(undone, { cluster, at: server.now }), /their change stays/);
    assert.match(undoWords([], undone.changedSince), /^b: changed since by somebody else/m);
  });

  it('what an undo removed can be applied again: nobody else removed it', async () => {
    await apply(manifest('a'));
    await undoAll();
    const base = await server.sendContext(files).bases.find(cluster, untrusted('a'));
    const wanted = readSources([{ file: 'file:///0', text: manifest('a') }], []);
    assert.ok(!('kind' in wanted));
    assert.equal(planRoles(wanted, [], () => base)[0]?.status, 'new');
  });

  it('the role that was sent last is undone first', async () => {
    server.putRole(manifest('a'));
    server.putRole(manifest('b'));
    await apply(manifest('a', 'logins: [x]'), manifest('b', 'logins: [x]'));
    const record = await newest();
    const names = planUndo(record, server.allRoles).map(({ plan }) => rawText(plan.name));
    assert.deepEqual(names, ['b', 'a']);
  });

  it('a window that closed after it was sent leaves what undoes it', async () => {
    server.putRole(manifest('a'));
    const [plan] = plans(manifest('a', 'logins: [dev, ops]'));
    const context = server.sendContext(files);
    const closed = new Error('closed');
    const tctl = {
      ...context.tctl,
      writeRole: async (...args: Parameters<typeof context.tctl.writeRole>): Promise<never> => {
        await context.tctl.writeRole(...args);
        throw closed;
      },
    };
    const record = history.begin(cluster, eve, 0);
    await assert.rejects(sendPlans([plan ?? assert.fail()], record, { ...context, tctl }), closed);
    assert.deepEqual(kinds(await undo()), ['applied']);
  });

  it('of applications the newest fifty are kept, each with its own cluster', async () => {
    for (let at = 0; at < 53; at += 1) {
      server.now = at;
      await apply(manifest('a', `logins: [n${at}]`));
    }
    const kept = await history.undoable(cluster);
    assert.deepEqual([kept.length, kept[0]?.at, kept.at(-1)?.at], [50, 52, 3]);
    assert.deepEqual(await history.undoable(untrusted('another')), []);
  });
});

describe('a list of roles that lags', () => {
  it('is made right by asking for what is not as it was last seen', async () => {
    const server = new MemoryCluster();
    const [old, same, removed] = ['a', 'b', 'c'].map((name) => server.putRole(manifest(name)));
    const listed = server.allRoles;
    const changed = server.putRole(manifest('a', 'logins: [new]'));
    const created = server.putRole(manifest('d'));
    server.roles.delete(untrusted('c'));
    assert.ok(old && same && removed);
    const revisions = new Map([changed, same, created].map(({ name, revision }) => [name, revision]));
    revisions.set(removed.name, '');
    const askedNames: string[] = [];
    const tctl = {
      role: (home: Home, name: Untrusted): Promise<StoredResource> => {
        askedNames.push(rawText(name));
        return server.tctl.role(home, name);
      },
    };
    const roles = await refreshRoles(listed, revisions, tctl, new Home('/nowhere'));
    assert.deepEqual(new Set(roles), new Set([changed, same, created]));
    assert.deepEqual(askedNames, ['a', 'd', 'c']);
  });
});
