import { forCell, forJson } from '../../access/untrusted/sinks.ts';
import { rawText, untrusted, type Untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import { standingAdmins } from '../../privileges/report/standingAdmins.ts';
import type { Exception } from '../../privileges/report/exceptions.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import type { Holder } from '../../privileges/census/holders.ts';
import { lackingRules } from '../../teleport/commands/tctlClusterResources.ts';
import { complianceControls } from './complianceControls.ts';
import { fieldWords, findingWords, holderWords, pathWords, severityWords } from './findings.ts';
import { verdictWords, type JudgedReport } from './verdict.ts';

const isoTime = (instant: Instant): string => new Date(instant).toISOString();
const rawTexts = (texts: Iterable<Untrusted>): string[] => [...texts].map(rawText);

const exceptionData = ({ id, what, owner, reason, until }: Exception): object => ({
  id,
  what: rawText(what),
  owner: rawText(owner),
  reason: rawText(reason),
  until,
});

const holderData = ({ lockedUntil, ...holder }: Holder): object => ({
  ...holder,
  ...(lockedUntil === undefined ? {} : { lockedUntil: isoTime(lockedUntil) }),
});

function findingData(finding: Finding, accepted?: Exception): object {
  const { id, grade, kind, role, path, values, holders, conditional, locked } = finding;
  const { means, fix } = findingWords(finding);
  return {
    id,
    grade,
    kind,
    ...(finding.noRole ? {} : { role: rawText(role) }),
    field: fieldWords(path),
    values: rawTexts(values),
    ...(finding.list === undefined ? {} : { accessList: rawText(finding.list) }),
    holders: holders.map(({ list, ...holder }) => ({
      ...holderData(holder),
      ...(list === undefined ? {} : { accessList: list }),
    })),
    conditional,
    locked,
    ...(finding.approvals === undefined ? {} : { approvals: finding.approvals }),
    ...(finding.lasts === undefined ? {} : { seconds: Math.round(finding.lasts / 1000) }),
    means,
    fix,
    ...(accepted ? { accepted: exceptionData(accepted) } : {}),
  };
}

/**
 * Writes the report as JSON. Its shape is public: under version 1 fields may be added, but none may be
 * changed or removed. Texts from the cluster are unchanged; ids and kinds are those of this extension.
 */
export function privilegesJson(judgedReport: JudgedReport, now: Instant): string {
  const { report, judged, exceptions } = judgedReport;
  const { census } = report;
  const standing = standingAdmins(report, judged.open);
  return `${forJson({
    version: 1,
    kind: 'standing-privileges',
    verdict: verdictWords(judgedReport, now),
    cluster: rawText(census.cluster),
    readBy: rawText(census.user),
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
    standing: {
      known: standing.known,
      people: rawTexts(standing.people),
      others: standing.others.map(holderData),
    },
    findings: judged.open.map((finding) => findingData(finding)),
    accepted: judged.accepted.map(({ finding, exception }) => findingData(finding, exception)),
    exceptions: {
      file: exceptions.kind,
      ended: judged.expired.map(({ exception }) => exceptionData(exception)),
      tooFarAhead: judged.tooFar.map(({ exception }) => exceptionData(exception)),
      noLongerNeeded: judged.unused.map(exceptionData),
    },
    mayAsk: report.requesters.map(({ through, holders, routes }) => ({
      through: rawTexts(through),
      holders: holders.map(holderData),
      for: routes.map(({ target, approvals }) => ({
        role: rawText(target),
        approvals,
        admin: report.elevated.includes(target),
      })),
    })),
    mayApprove: report.approvers.map(({ how, through, holders, targets, conditional, system }) => ({
      how,
      through: rawTexts(through),
      holders: holders.map(holderData),
      roles: rawTexts(targets),
      conditional,
      system,
    })),
    locks: census.locks.map(({ name, targets, message, expires }) => ({
      name: rawText(name),
      targets: targets.map(([kind, of]) => ({ kind, name: rawText(of) })),
      ...(message === undefined ? {} : { message: rawText(message) }),
      ...(expires === undefined ? {} : { until: isoTime(expires) }),
    })),
    notRead: census.gaps.map(({ part, name, partial, failure }) => ({
      part,
      ...(partial ?? {}),
      ...(name === undefined ? {} : { name: rawText(name) }),
      why: failure.kind,
      lacks: lackingRules(failure),
    })),
    notThere: census.absent,
    controls: complianceControls(),
  })}\n`;
}

const columns =
  'grade finding role holder path means fix id accepted_by accepted_until accepted_reason'.split(' ');

/**
 * Writes the findings as CSV (RFC 4180), one row for each holder. An accepted finding has the owner of its
 * exception.
 */
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
