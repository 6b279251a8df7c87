import { forCell, forJson } from '../../access/untrusted/sinks.ts';
import { rawText, untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import { standingAdmins } from '../../privileges/report/standingAdmins.ts';
import type { Exception } from '../../privileges/report/exceptions.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import type { Holder } from '../../privileges/census/holders.ts';
import { lackingRules } from '../../teleport/commands/tctlClusterResources.ts';
import { complianceControls } from './complianceControls.ts';
import { fieldWords, findingWords, holderWords, pathWords, severityWords } from './findings.ts';
import { verdictWords, type JudgedReport } from './verdict.ts';

/** JSON leaves out a field that is undefined. */
const isoTime = (instant: Instant | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString();

const exceptionData = ({ id, what, owner, reason, until }: Exception): object => ({
  ...{ id, what, owner, reason, until },
});

const holderData = ({ lockedUntil, ...holder }: Holder): object => ({
  ...holder,
  lockedUntil: isoTime(lockedUntil),
});

function findingData(finding: Finding, accepted?: Exception): object {
  const { id, grade, kind, role, path, values, holders, conditional, locked, approvals, lasts } = finding;
  const { means, fix } = findingWords(finding);
  return {
    ...{ id, grade, kind },
    role: finding.noRole ? undefined : role,
    field: fieldWords(path),
    values,
    accessList: finding.list,
    holders: holders.map(({ list, ...holder }) => ({ ...holderData(holder), accessList: list })),
    ...{ conditional, locked, approvals },
    seconds: lasts === undefined ? undefined : Math.round(lasts / 1000),
    ...{ means, fix },
    accepted: accepted && exceptionData(accepted),
  };
}

/**
 * Writes the report as JSON. Its shape is public: under version 1 fields may be added, but none may be
 * changed or removed. Texts from the cluster are unchanged; ids and kinds are those of this extension.
 */
export function privilegesJson(judgedReport: JudgedReport, now: Instant): string {
  const { report, judged, exceptions } = judgedReport;
  const { census } = report;
  const { known, people, others } = standingAdmins(report, judged.open);
  return `${forJson({
    version: 1,
    kind: 'standing-privileges',
    verdict: verdictWords(judgedReport, now),
    cluster: census.cluster,
    readBy: census.user,
    readAt: isoTime(census.readAt),
    counts: {
      people: report.people,
      roles: census.roles.size,
      connectors: census.connectors,
      accessLists: census.accessLists.length,
      bots: census.bots.length,
      roleMaps: census.roleMaps.length,
      locks: census.locks.length,
    },
    standing: { known, people, others: others.map(holderData) },
    findings: judged.open.map((finding) => findingData(finding)),
    accepted: judged.accepted.map(({ finding, exception }) => findingData(finding, exception)),
    exceptions: {
      file: exceptions.kind,
      ended: judged.expired.map(({ exception }) => exceptionData(exception)),
      tooFarAhead: judged.tooFar.map(({ exception }) => exceptionData(exception)),
      noLongerNeeded: judged.unused.map(exceptionData),
    },
    mayAsk: report.requesters.map(({ through, holders, routes }) => ({
      through,
      holders: holders.map(holderData),
      for: routes.map(({ target, approvals }) => ({
        ...{ role: target, approvals, admin: report.elevated.includes(target) },
      })),
    })),
    mayApprove: report.approvers.map(({ how, through, holders, targets, conditional, system }) => ({
      ...{ how, through, holders: holders.map(holderData), roles: [...targets], conditional, system },
    })),
    locks: census.locks.map(({ name, targets, message, expires }) => ({
      name,
      targets: targets.map(([kind, target]) => ({ kind, name: target })),
      message,
      until: isoTime(expires),
    })),
    notRead: census.gaps.map(({ part, name, partial, failure }) => ({
      ...{ part, ...partial, name, why: failure.kind, lacks: lackingRules(failure) },
    })),
    notThere: census.absent,
    controls: complianceControls(),
  })}\n`;
}

const columns =
  'grade finding role holder path means fix id accepted_by accepted_until accepted_reason'.split(' ');

/** Writes the findings as CSV (RFC 4180): a row for each holder, with the owner of an exception. */
export function privilegesCsv({ judged }: JudgedReport): string {
  const rows = [
    ...judged.open.flatMap((finding) => rowsOf(finding)),
    ...judged.accepted.flatMap(({ finding, exception }) => rowsOf(finding, exception)),
  ];
  return (
    [columns, ...rows].map((row) => row.map((cell) => forCell(untrusted(cell))).join(',')).join('\r\n') +
    '\r\n'
  );
}

function rowsOf(finding: Finding, exception?: Exception): string[][] {
  const { title, means, fix } = findingWords(finding);
  return finding.holders.map((holder) => [
    severityWords(finding.grade),
    title,
    finding.noRole ? '' : rawText(finding.role),
    holderWords(holder),
    pathWords({ ...finding, holders: [holder] }),
    means,
    fix,
    finding.id,
    exception ? rawText(exception.owner) : '',
    exception?.until ?? '',
    exception ? rawText(exception.reason) : '',
  ]);
}
