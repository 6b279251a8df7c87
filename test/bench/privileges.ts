import { untrusted, type Untrusted } from '../../src/access/untrusted/untrusted.ts';
import type { PlainObject } from '../../src/roles/role/value.ts';
import type { Role, User } from '../../src/privileges/census/census.ts';
import { applyExceptions } from '../../src/privileges/report/exceptions.ts';
import { analyse } from '../../src/privileges/report/analyse.ts';
import { roleOf, userOf } from '../../src/privileges/census/parseResources.ts';
import { readStoredResources } from '../../src/teleport/output/adminSchema.ts';
import { reportPage } from '../../src/text/privileges/reportPage.ts';
import { type Figure, median } from '../support/bench/figure.ts';

const now = Date.parse('2026-11-22T13:50:00Z');
const hour = 3_600_000;
const anyLabels = { '*': '*' };

/**
 * Returns role number `n`. Most roles are small; some allow requests or reviews, some give admin rights, some
 * have templates.
 */
function roleText(n: number): object {
  const kinds: readonly PlainObject[] = [
    { logins: ['dev'], node_labels: { env: `e${String(n)}` } },
    { kubernetes_groups: ['{{internal.kubernetes_groups}}'], kubernetes_labels: anyLabels },
    {
      request: { roles: [`role-${String(n + 1)}`, 'role-9*'], thresholds: [{ approve: 1 }, { approve: 2 }] },
    },
    { db_users: ['{{internal.db_users}}', 'reader'], db_labels: { env: 'prod' } },
    { review_requests: { roles: ['role-*'] } },
    { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels },
    { rules: [{ resources: ['session', 'event'], verbs: ['list', 'read'] }] },
    { rules: [{ resources: ['role', 'user'], verbs: ['create', 'update'] }] },
    { logins: ['root'], node_labels: anyLabels },
    { request: { roles: ['*'] } },
  ];
  const deny = n % 50 === 3 ? { kubernetes_groups: ['system:masters'] } : {};
  const spec = { options: { max_session_ttl: '12h0m0s' }, allow: kinds[n % 10] ?? {}, deny };
  return { kind: 'role', version: 'v7', metadata: { name: `role-${String(n)}`, revision: 'r' }, spec };
}

/**
 * Returns user number `n` of a cluster with `roles` roles. Each user has a different mixture of five roles.
 */
function userText(n: number, roles: number): object {
  const held = [1, 7, 13, 29, 31].map((step) => `role-${String((n * step + step) % roles)}`);
  const traits = {
    kubernetes_groups: [n % 40 === 0 ? 'system:masters' : 'viewers'],
    db_users: [`u${String(n % 9)}`],
  };
  // The empty fields that the server prints for a user.
  const status = {
    is_locked: false,
    locked_time: '0001-01-01T00:00:00Z',
    lock_expires: '0001-01-01T00:00:00Z',
  };
  const created = {
    time: '2026-11-22T13:45:44.454679416Z',
    user: { name: 'b3b3293e-94b4-47e1-a808-d1492ee6469c' },
  };
  const empty = { aws_role_arns: null, azure_identities: null, db_names: null, db_roles: null, logins: null };
  return {
    kind: 'user',
    version: 'v2',
    metadata: { name: `user-${String(n)}`, revision: 'r' },
    spec: {
      roles: held,
      traits: { ...empty, ...traits },
      status,
      expires: status.locked_time,
      created_by: created,
    },
    status: { password_state: 2 },
  };
}

/** Returns the longest time for which a task blocks the event loop, in ms. */
async function longestBlock(task: () => Promise<void>): Promise<number> {
  let last = performance.now();
  let longest = 0;
  let running = true;
  const check = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(check);
  };
  setImmediate(check);
  await task();
  running = false;
  return Math.max(longest, performance.now() - last);
}

async function measure(users: readonly User[], roles: readonly Role[]) {
  const empty: never[] = [];
  const census = {
    ...{ cluster: untrusted('c'), user: untrusted('eve'), readAt: now, users },
    roles: new Map<Untrusted, Role>(roles.map((role) => [role.name, role])),
    ...{
      mappings: empty,
      accessLists: empty,
      bots: empty,
      roleMaps: empty,
      locks: empty,
      gaps: empty,
      absent: empty,
    },
    connectors: 0,
  };
  const before = process.memoryUsage().heapUsed;
  let findings = 0;
  let heap = 0;
  const begin = performance.now();
  const block = await longestBlock(async () => {
    const report = await analyse(census, { limit: 6 * hour });
    const assessed = applyExceptions(report.findings, [], now);
    reportPage({ report, judged: assessed, exceptions: { kind: 'none' } }, now);
    findings = report.findings.length;
    heap = process.memoryUsage().heapUsed - before;
  });
  return { ms: performance.now() - begin, block, findings, mb: heap / 2 ** 20 };
}

/** Measures the report for 10,000 users and 1,000 roles, from the output of tctl to the report's text. */
export async function privileges(): Promise<readonly Figure[]> {
  const [userCount, roleCount] = [10_000, 1_000];
  const asJson = (make: (n: number) => object, count: number): string =>
    JSON.stringify(Array.from({ length: count }, (_, n) => make(n)));
  const texts = [asJson((n) => userText(n, roleCount), userCount), asJson(roleText, roleCount)] as const;
  const begin = performance.now();
  const [users, roles] = [
    readStoredResources(texts[0]).map(userOf),
    readStoredResources(texts[1]).map(roleOf),
  ];
  const parse = performance.now() - begin;
  const runs = [await measure(users, roles), await measure(users, roles), await measure(users, roles)];
  const medianOf = (part: 'ms' | 'block' | 'findings' | 'mb'): number => median(runs.map((run) => run[part]));
  const name = '10,000 users × 1,000 roles';
  return [
    {
      name: `${name}: read what tctl printed`,
      value: parse,
      unit: 'ms',
      note: `${(texts[0].length / 1e6).toFixed(1)} MB`,
    },
    { name: `${name}: check and report`, value: medianOf('ms'), unit: 'ms', target: 2_000 },
    { name: `${name}: longest block`, value: medianOf('block'), unit: 'ms', target: 150 },
    {
      name: `${name}: memory`,
      value: medianOf('mb'),
      unit: 'MB',
      target: 256,
      note: 'more than before, not collected',
    },
    { name: `${name}: findings`, value: medianOf('findings'), unit: '' },
  ];
}
