import assert from 'node:assert/strict';
import { rawText, untrusted, type Untrusted } from '../../../../src/access/untrusted/untrusted.ts';
import { lackedField } from '../../../../src/roles/role/enterpriseOnly.ts';
import { refreshRoles } from '../../../../src/roles/role/readRole.ts';
import { recheckUnknown, type SendOutcome } from '../../../../src/roles/apply/sendRoles.ts';
import { outcomePage, outcomeWords } from '../../../../src/text/roles/outcomeText.ts';
import type { Failure } from '../../../../src/teleport/process/failure.ts';
import { Home } from '../../../../src/teleport/home/home.ts';
import type { StoredResource } from '../../../../src/teleport/output/adminSchema.ts';
import { Applying, kindsOf } from '../../../support/roles/applying.ts';
import { manifest, MemoryCluster } from '../../../support/roles/memoryCluster.ts';

describe('sending roles', () => {
  const applying = Applying.forEachTest();
  let server: MemoryCluster;
  beforeEach(() => ({ server } = applying()));
  const apply = (...texts: readonly string[]): Promise<SendOutcome> => applying().apply(...texts);
  const words = (sent: SendOutcome): string => outcomeWords(sent, server.now);

  it('each is read back; what came of it is the base of the next change', async () => {
    const sent = await apply(manifest('a'), manifest('b'));
    assert.deepEqual(kindsOf(sent), ['applied', 'applied']);
    const base = await applying().baseOf('a');
    assert.equal(base?.revision, server.roles.get(untrusted('a'))?.revision);
    assert.match(words(sent), /^a, b applied to ent\.example\.test, read back /);
  });

  it('a field that the server drops is named, and the role is not called applied', async () => {
    server.unknownFields = ['db_roles'];
    const sent = await apply(manifest('a', 'logins: [dev], db_roles: [x]'));
    assert.deepEqual(kindsOf(sent), ['inPart']);
    assert.match(outcomePage(sent, server.now), /allow\.db_roles: sent .*, the cluster holds nothing/);
    assert.match(words(sent), /^0 of 1 roles applied\. 1 in part/);
  });

  it('the server says no in the middle: what was applied, what not, and the rest is not tried', async () => {
    const message = untrusted('role field allow.request.thresholds is not for `you`](command:x)');
    server.writeAnswers = ['works', { kind: 'refused', said: message }];
    const sent = await apply(manifest('a'), manifest('b'), manifest('c'));
    assert.deepEqual(kindsOf(sent), ['applied', 'refused', 'waiting']);
    assert.deepEqual(server.writtenRoles.map(rawText), ['a']);
    const page = outcomePage(sent, server.now);
    assert.match(page, /│ role field allow\.request\.thresholds/);
    assert.doesNotMatch(page, /\]\(command:/);
    assert.match(words(sent), /1 of 3 roles applied\. 2 not applied/);
    const again = await apply(manifest('b'), manifest('c'));
    assert.deepEqual(kindsOf(again), ['applied', 'applied']);
  });

  it('a Community server says which field it does not have: that is said, and what to do', async () => {
    const said = 'role field allow.review_requests is only available in enterprise subscriptions';
    server.writeAnswers = [{ kind: 'refused', said: untrusted(said) }];
    const sent = await apply(manifest('a'));
    for (const text of [outcomePage(sent, server.now), words(sent)])
      assert.match(text, /This is Teleport Community, which does not have allow\.review_requests\./);
    const other: Failure = { kind: 'refused', said: untrusted('role field x is not for you') };
    assert.equal(lackedField(other), undefined);
    const option = 'role option request_access: always is only available in enterprise subscriptions';
    assert.equal(lackedField({ kind: 'refused', said: untrusted(option) }), 'request_access');
    assert.equal(lackedField({ kind: 'unreachable', said: untrusted(said) }), undefined);
  });

  it('somebody else writes in the same moment: theirs stays', async () => {
    server.putRole(manifest('a'));
    server.writeAnswers = ['somebody else writes'];
    const sent = await apply(manifest('a', 'logins: [mine]'), manifest('b'));
    assert.deepEqual(kindsOf(sent), ['stale', 'waiting']);
    assert.deepEqual(server.writtenRoles, []);
    assert.deepEqual(await applying().records(), []);
  });

  it('the line is lost after it was sent: reading back decides, and nothing is sent twice', async () => {
    server.writeAnswers = ['works, and then the line is lost'];
    assert.deepEqual(kindsOf(await apply(manifest('a'), manifest('b'))), ['applied', 'applied']);
    assert.deepEqual(server.writtenRoles.map(rawText), ['a', 'b']);
  });

  it('the line is lost before: the role is as it was', async () => {
    server.putRole(manifest('a'));
    for (const kind of ['unreachable', 'timedOut', 'unreadable', 'cancelled'] as const) {
      server.writeAnswers = [{ kind }];
      assert.deepEqual(kindsOf(await apply(manifest('a', 'logins: [mine]'))), ['refused'], kind);
    }
    assert.deepEqual(server.writtenRoles, []);
    assert.deepEqual(await applying().records(), []);
  });

  it('nobody can look: it is not known, until it is read again', async () => {
    server.writeAnswers = ['works, and then the line is lost'];
    server.readAnswers = [{ kind: 'unreachable' }];
    const sent = await apply(manifest('a'), manifest('b'));
    assert.deepEqual(kindsOf(sent), ['unknown', 'waiting']);
    assert.match(words(sent), /1 not known/);
    server.readAnswers = [{ kind: 'unreachable' }];
    const stillUnknown = await recheckUnknown(sent, applying().services);
    assert.deepEqual(kindsOf(stillUnknown), ['unknown', 'waiting']);
    const known = await recheckUnknown(stillUnknown, applying().services);
    assert.deepEqual(kindsOf(known), ['applied', 'waiting']);
    assert.deepEqual(server.writtenRoles.map(rawText), ['a']);
    const kept = await applying().newestRecord();
    assert.equal(kept.roles[0]?.after, server.roles.get(untrusted('a'))?.revision);
  });

  it('read again, it turns out that it never got there', async () => {
    server.putRole(manifest('a'));
    server.writeAnswers = [{ kind: 'unreachable' }];
    server.readAnswers = [{ kind: 'unreachable' }];
    const sent = await apply(manifest('a', 'logins: [mine]'));
    assert.deepEqual(kindsOf(sent), ['unknown']);
    assert.deepEqual(kindsOf(await recheckUnknown(sent, applying().services)), ['refused']);
    assert.deepEqual(await applying().records(), []);
  });

  it('written for sure and never seen: not known, and not said to be as it was', async () => {
    server.writeAnswers = [{ kind: 'timedOut', done: true }];
    assert.deepEqual(kindsOf(await apply(manifest('a'))), ['unknown']);
  });

  it('the line is lost, and somebody else has written meanwhile: said as that', async () => {
    server.putRole(manifest('a'));
    server.writeAnswers = [{ kind: 'unreachable' }];
    const plans = server.plans([manifest('a', 'logins: [mine]')]);
    server.putRole(manifest('a', 'logins: [theirs]'));
    assert.deepEqual(kindsOf(await applying().send(plans)), ['stale']);
  });

  it('what cannot be undone is not sent', async () => {
    await applying().folder.writeProgram('storage');
    const sent = await apply(manifest('a'));
    assert.deepEqual(kindsOf(sent), ['refused']);
    assert.deepEqual(server.writtenRoles, []);
    assert.match(outcomePage(sent, 0), /cannot be written/);
  });

  it('a window that closed after it was sent leaves what undoes it', async () => {
    server.putRole(manifest('a'));
    const { services } = applying();
    const closed = new Error('closed');
    const tctl = {
      ...services.tctl,
      writeRole: async (...args: Parameters<typeof services.tctl.writeRole>): Promise<never> => {
        await services.tctl.writeRole(...args);
        throw closed;
      },
    };
    const plans = server.plans([manifest('a', 'logins: [dev, ops]')]);
    await assert.rejects(applying().send(plans, { ...services, tctl }), closed);
    assert.deepEqual(kindsOf(await applying().undo()), ['applied']);
  });

  it('of applications the newest fifty are kept, each with its own cluster', async () => {
    for (let at = 0; at < 53; at += 1) {
      server.now = at;
      await apply(manifest('a', `logins: [n${at}]`));
    }
    const kept = await applying().records();
    assert.deepEqual([kept.length, kept[0]?.at, kept.at(-1)?.at], [50, 52, 3]);
    assert.deepEqual(await applying().records(untrusted('another')), []);
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
