import { forCell, forJson } from '../../access/text/sinks.ts';
import { rawText, untrusted, type Untrusted, type Instant } from '../../access/text/untrusted.ts';
import { standingAdmins } from '../../privileges/report/standingAdmins.ts';
import type { Exception } from '../../privileges/report/exceptions.ts';
import type { Finding } from '../../privileges/report/finding.ts';
import type { Holder } from '../../privileges/census/holders.ts';
import { lackingRules } from '../../teleport/commands/tctlClusterResources.ts';
import { controls } from './complianceControls.ts';
import {
  fieldWords,
  findingFixWords,
  severityWords,
  holderWords,
  meaningWords,
  pathWords,
  titleWords,
} from './findings.ts';
import { verdictWords, type Judgement } from './verdict.ts';

const time = (instant: Instant): string => new Date(instant).toISOString();
const texts = (several: Iterable<Untrusted>): string[] => [...several].map(rawText);

const exceptionData = ({ id, what, owner, reason, until }: Exception): object => ({
  id,
  what: rawText(what),
  owner: rawText(owner),
  reason: rawText(reason),
  until,
});

const holderData = ({ lockedUntil, ...holder }: Holder): object => ({
  ...holder,
  ...(lockedUntil === undefined ? {} : { lockedUntil: time(lockedUntil) }),
});

function findingData(finding: Finding, accepted?: Exception): object {
  const { id, grade, kind, role, path, values, holders, conditional, locked } = finding;
  return {
    id,
    grade,
    kind,
    ...(finding.noRole ? {} : { role: rawText(role) }),
    field: fieldWords(path),
    values: texts(values),
    ...(finding.list === undefined ? {} : { accessList: rawText(finding.list) }),
    holders: holders.map(({ list, ...holder }) => ({
      ...holderData(holder),
      ...(list === undefined ? {} : { accessList: list }),
    })),
    conditional,
    locked,
    ...(finding.approvals === undefined ? {} : { approvals: finding.approvals }),
    ...(finding.lasts === undefined ? {} : { seconds: Math.round(finding.lasts / 1000) }),
    means: meaningWords(finding),
    fix: findingFixWords(finding),
    ...(accepted ? { accepted: exceptionData(accepted) } : {}),
  };
}

/**
 * The report as JSON. Its shape is public: fields may be added under version 1, none changed or taken away. Texts of
 * others are as they came; ids and kinds are ours.
 */
export function privilegesJson(judgement: Judgement, now: Instant): string {
  const { report, judged, exceptions } = judgement;
  const { census } = report;
  const standing = standingAdmins(report, judged.open);
  return `${forJson({
    version: 1,
    kind: 'standing-privileges',
    verdict: verdictWords(judgement, now),
    cluster: rawText(census.cluster),
    readBy: rawText(census.user),
    readAt: time(census.at),
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
      people: texts(standing.people),
      others: standing.others.map(holderData),
    },
    findings: judged.open.map((finding) => findingData(finding)),
    accepted: judged.accepted.map(({ finding, exception }) => findingData(finding, exception)),
    exceptions: {
      file: exceptions.kind,
      ended: judged.lapsed.map(({ exception }) => exceptionData(exception)),
      tooFarAhead: judged.tooFar.map(({ exception }) => exceptionData(exception)),
      noLongerNeeded: judged.needless.map(exceptionData),
    },
    mayAsk: report.askers.map(({ through, holders, ways }) => ({
      through: texts(through),
      holders: holders.map(holderData),
      for: ways.map(({ target, approvals }) => ({
        role: rawText(target),
        approvals,
        admin: report.elevated.includes(target),
      })),
    })),
    mayApprove: report.approvers.map(({ how, through, holders, targets, conditional, system }) => ({
      how,
      through: texts(through),
      holders: holders.map(holderData),
      roles: texts(targets),
      conditional,
      system,
    })),
    locks: census.locks.map(({ name, targets, message, expires }) => ({
      name: rawText(name),
      targets: targets.map(([kind, of]) => ({ kind, name: rawText(of) })),
      ...(message === undefined ? {} : { message: rawText(message) }),
      ...(expires === undefined ? {} : { until: time(expires) }),
    })),
    notRead: census.gaps.map(({ part, name, some, failure }) => ({
      part,
      ...(some ?? {}),
      ...(name === undefined ? {} : { name: rawText(name) }),
      why: failure.kind,
      lacks: lackingRules(failure),
    })),
    notThere: census.absent,
    controls: controls(),
  })}\n`;
}

const columns = [
  'grade',
  'finding',
  'role',
  'holder',
  'path',
  'means',
  'fix',
  'id',
  'accepted_by',
  'accepted_until',
  'accepted_reason',
];

/** The findings as CSV (RFC 4180), a row for each holder; accepted ones with who answers for them. */
export function privilegesCsv({ judged }: Judgement): string {
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
  const [means, fix] = [meaningWords(finding), findingFixWords(finding)];
  return finding.holders.map((holder) => [
    severityWords(finding.grade),
    titleWords(finding.kind),
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
