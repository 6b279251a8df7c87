// Reports for tests of their texts.
import { untrusted } from '../../../src/access/untrusted/untrusted.ts';
import { applyExceptions, type Exception } from '../../../src/privileges/report/exceptions.ts';
import type { ExceptionsState } from '../../../src/text/privileges/exceptions.ts';
import type { JudgedReport } from '../../../src/text/privileges/verdict.ts';
import { day, hostileText, names, now } from '../samples.ts';
import {
  accessList,
  analyseCensus,
  anyLabels,
  bot,
  mapping,
  people,
  role,
  user,
  type CensusParts,
} from './censusSamples.ts';

/** Analyses a census. Exception number `n` is for finding number `n`, unless it names another id. */
export async function judgement(
  parts: CensusParts,
  accepted: readonly Partial<Exception>[] = [],
  exceptions: ExceptionsState = { kind: 'none' },
): Promise<JudgedReport> {
  const report = await analyseCensus(parts);
  const list = accepted.map((more, n): Exception => ({
    id: report.findings[n]?.id ?? '',
    what: untrusted('what'),
    owner: untrusted('rita'),
    reason: untrusted('sealed account'),
    until: '2026-12-31',
    ends: now + 30 * day,
    ...more,
  }));
  return { report, judged: applyExceptions(report.findings, list, now), exceptions };
}

/** A census in which an attacker chose every name that other people can choose. */
function hostileParts(text: string): CensusParts {
  const name = (n: number): string => `${text}${String(n)}`;
  const admin = role(name(1), {
    allow: { kubernetes_groups: ['system:masters'], kubernetes_labels: anyLabels },
    labels: { 'teleport.dev/origin': name(2) },
  });
  const everyRole = { roles: ['*'] };
  const team = role(name(3), {
    allow: { request: everyRole, review_requests: everyRole, impersonate: { ...everyRole, users: ['*'] } },
    options: { max_session_ttl: name(4) },
  });
  const cloud = role(name(5), {
    allow: { aws_role_arns: [`${name(6)}/AdministratorAccess`], app_labels: anyLabels },
  });
  const sso = { connector: untrusted(name(12)), claim: untrusted(name(13)) };
  return {
    cluster: untrusted(name(7)),
    user: untrusted(name(8)),
    roles: [admin, team, cloud],
    users: [user(name(9), [name(1), name(3), name(5)])],
    bots: [bot(name(10), [name(1)])],
    mappings: [{ ...mapping(name(11), [name(1), `$1${text}`]), ...sso }],
    roleMaps: [{ cluster: untrusted(name(14)), remote: untrusted(name(15)), roles: names(name(1)) }],
    accessLists: [
      accessList(name(16), [name(9)], {
        title: untrusted(name(17)),
        owners: people(name(18)),
        grants: { roles: names(name(1)), traits: new Map() },
      }),
    ],
    locks: [
      { name: untrusted(name(19)), targets: [[name(20), untrusted(name(21))]], message: untrusted(name(22)) },
    ],
    gaps: [
      { part: 'members', name: untrusted(name(16)), failure: { kind: 'refused', said: untrusted(name(23)) } },
    ],
  };
}

/** Reports of clusters full of hostile names, with exceptions full of them. */
export const hostileReports = (): Promise<(readonly [text: string, report: JudgedReport])[]> =>
  Promise.all(
    [
      hostileText as unknown as string,
      ...['=HYPERLINK("https://evil.test/")', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', 'a"b,c\r\nd'],
    ].map(async (text) => {
      const hostile = untrusted(text);
      const accepted = [
        { owner: hostile, reason: hostile, what: hostile },
        { id: 'd4'.repeat(10), what: hostile },
      ];
      return [text, await judgement(hostileParts(text), accepted)] as const;
    }),
  );
