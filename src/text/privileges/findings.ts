import * as l10n from '@vscode/l10n';
import { forSentence } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Finding, FindingKind } from '../../privileges/report/finding.ts';
import type { FindingSeverity } from '../../privileges/powers/severity.ts';
import type { Holder } from '../../privileges/census/holders.ts';
import type { Path } from '../../roles/role/value.ts';
import { inUtc, span } from '../time.ts';

/** Names a severity. */
export const severityWords = (grade: FindingSeverity): string =>
  ({
    critical: l10n.t('Critical'),
    high: l10n.t('High'),
    medium: l10n.t('Medium'),
    low: l10n.t('Low'),
  })[grade];

/** Lists names, made inert for one line, and counts those beyond `most`. */
export function namesInLine(names: readonly Untrusted[], most = 12): string {
  // A single further name takes no more room than "and 1 more".
  const room = names.length === most + 1 ? most + 1 : most;
  const shown = names.slice(0, room).map(forSentence).join(', ');
  const hidden = names.length - room;
  return hidden > 0 ? l10n.t('{0} and {1} more', shown, hidden) : shown;
}

/** Describes a holder in one line, with the access list and lock that apply. */
export function holderWords({ kind, name, claim, value, list, locked, lockedUntil }: Holder): string {
  const who = ((): string => {
    switch (kind) {
      case 'person':
        return forSentence(name);
      case 'bot':
        return l10n.t('bot {0}', forSentence(name));
      case 'mapping':
        return l10n.t(
          'whoever has {0} = {1} at the SSO connector {2}',
          claim ? forSentence(claim) : '-',
          value ? forSentence(value) : '-',
          forSentence(name),
        );
      case 'cluster':
        return l10n.t(
          'whoever holds {0} in the cluster {1}',
          value ? forSentence(value) : '-',
          forSentence(name),
        );
      case 'members':
        return l10n.t('members of the access list {0}, which could not be read', forSentence(name));
    }
  })();
  const through = list === undefined ? who : l10n.t('{0} (access list {1})', who, forSentence(list));
  if (lockedUntil !== undefined) return l10n.t('{0} (locked until {1})', through, inUtc(lockedUntil));
  return locked ? l10n.t('{0} (locked)', through) : through;
}

/** Lists holders in one line, such as `41 people: alice, bob and 39 more`. */
export function holdersWords(holders: readonly Holder[], most = 8): string {
  const shown = holders.slice(0, most).map(holderWords).join(', ');
  const hidden = holders.length - most;
  const listed = hidden > 0 ? l10n.t('{0} and {1} more', shown, hidden) : shown;
  if (holders.length < 4) return listed;
  return holders.every(({ kind }) => kind === 'person')
    ? l10n.t('{0} people: {1}', holders.length, listed)
    : l10n.t('{0} holders: {1}', holders.length, listed);
}

/** Writes a path such as `spec.allow.rules[0]`. The keys are Teleport's own, so they need no sanitising. */
export const fieldWords = (path: Path): string =>
  path.map((key, at) => (typeof key === 'number' ? `[${String(key)}]` : at === 0 ? key : `.${key}`)).join('');

/**
 * Writes the holder, role and field of a finding, such as
 * `alice → kube-admin → spec.allow.kubernetes_groups: system:masters`.
 */
export function pathWords({ kind, holders, role, path, values, list, noRole }: Finding): string {
  const [first] = holders;
  const who = holders.length === 1 && first ? holderWords(first) : l10n.t('each of them');
  const through = list === undefined ? [] : [l10n.t('access list {0}', forSentence(list))];
  const field = list === undefined ? fieldWords(path) : '';
  const where = noRole ? [] : [forSentence(role), field].filter(Boolean);
  // For `writes` the meaning already names the resources that may be changed.
  const showsValues = values.length > 0 && list === undefined && kind !== 'writes';
  const valueText = showsValues ? `: ${namesInLine(values)}` : '';
  return [who, ...through, ...where].join(' → ') + valueText;
}

/** Writes a number of approvals. It is infinite where all thresholds of a role only deny. */
export const approvalCountWords = (count: number, one = l10n.t('one approval')): string => {
  if (count === 1) return one;
  return Number.isFinite(count) ? l10n.t('{0} approvals', count) : l10n.t('more approvals than there can be');
};

/** The words for a finding. */
export interface FindingWords {
  readonly title: string;
  /** What the finding means. */
  readonly means: string;
  /** How to fix it. */
  readonly fix: string;
}

/** Writes the title of a finding, what it means, and how to fix it. */
export function findingWords(finding: Finding): FindingWords {
  const { kind, role, values, conditional, locked, origin } = finding;
  const facts = { ...finding, name: forSentence(role), named: namesInLine(values) };
  const { title, means, fix } = wordsByKind[kind](facts);
  const meanings = [
    means,
    ...(conditional
      ? [l10n.t('Only under the condition of a rule ("where"), which was not looked into: graded one lower.')]
      : []),
    ...(locked ? [l10n.t('Everybody who holds it is locked now; it is back when the locks end.')] : []),
  ];
  const owned =
    origin === undefined
      ? ''
      : ` ${l10n.t('The role belongs to {0}: change it there.', forSentence(origin))}`;
  return { title, means: meanings.join(' '), fix: fix + owned };
}

/** Writes the role and the title of a finding. */
export const summaryWords = (finding: Finding): string =>
  `${forSentence(finding.role)}: ${findingWords(finding).title}`;

/** A finding, with its role and its values as they stand in a sentence. */
type Facts = Finding & { readonly name: string; readonly named: string };

const durationWords = (ms: number): string => span(Math.round(ms / 60_000));

const moveAway = ({ preset, name, named }: Facts): string =>
  preset
    ? l10n.t('Take {0} away from them, and let them ask for it when they need it.', name)
    : l10n.t('Move {0} to a role of its own that is asked for; or take {1} away from them.', named, name);

const twoApprovals = ({ name }: Facts): string =>
  l10n.t(
    'Take {0} away from them and let them ask for it, with two approvals; keep one sealed account for emergencies, as an accepted exception.',
    name,
  );

const wordsByKind: Readonly<Record<FindingKind, (facts: Facts) => FindingWords>> = {
  kubernetes: (facts) => ({
    title: l10n.t('standing Kubernetes admin'),
    means: l10n.t('Permanently an administrator of Kubernetes clusters, without asking anybody.'),
    fix: moveAway(facts),
  }),
  nodes: (facts) => ({
    title: l10n.t('standing root on servers'),
    means: l10n.t('Permanently root on servers, without asking anybody.'),
    fix: moveAway(facts),
  }),
  hostUsers: (facts) => ({
    title: l10n.t('standing root by sudoers or groups'),
    means: l10n.t('An account is made on servers at login, and its sudoers lines or groups make it root.'),
    fix: moveAway(facts),
  }),
  databases: (facts) => ({
    title: l10n.t('standing database admin'),
    means: l10n.t('Permanently an administrator of databases, without asking anybody.'),
    fix: moveAway(facts),
  }),
  desktops: (facts) => ({
    title: l10n.t('standing desktop admin'),
    means: l10n.t('Permanently an administrator of desktops, without asking anybody.'),
    fix: moveAway(facts),
  }),
  cloud: (facts) => ({
    title: l10n.t('standing cloud admin'),
    means: l10n.t('Permanently an administrator of cloud accounts, without asking anybody.'),
    fix: moveAway(facts),
  }),
  reach: ({ name }) => ({
    title: l10n.t('reaches everything of a kind'),
    means: l10n.t('Reaches everything of a kind, whatever its labels, though not as an administrator.'),
    fix: l10n.t('Name in the labels of {0} what is needed every day.', name),
  }),
  writes: (facts) => ({
    title: l10n.t('may change who has which rights'),
    means: l10n.t('May change {0}, and so give rights to anybody, themselves too.', facts.named),
    fix: twoApprovals(facts),
  }),
  decides: (facts) => ({
    title: l10n.t('decides requests alone'),
    means: l10n.t('May decide access requests alone with tctl, whatever thresholds say, their own too.'),
    fix: twoApprovals(facts),
  }),
  impersonates: (facts) => ({
    title: l10n.t('may act as administrators'),
    means: l10n.t('May get certificates of others who are administrators.'),
    fix: moveAway(facts),
  }),
  readsKeys: (facts) => ({
    title: l10n.t('may read the keys of the cluster'),
    means: l10n.t('May read the private keys of the cluster, and so make certificates of anybody.'),
    fix: moveAway(facts),
  }),
  joins: ({ name }) => ({
    title: l10n.t('may join the sessions of anybody'),
    means: l10n.t('May take part in the sessions of anybody, of administrators too.'),
    fix: l10n.t('Name in join_sessions of {0} the roles whose sessions are meant.', name),
  }),
  unclear: ({ name, named }) => ({
    title: l10n.t('rights that could not be worked out'),
    means: l10n.t(
      '{0} is filled in for each person. What it gives could not be worked out: it may make an administrator.',
      named,
    ),
    fix: l10n.t('Write {0} in {1} so that it says what it gives, or look at each person.', named, name),
  }),
  ownsList: ({ named }) => ({
    title: l10n.t('may let anybody into an admin list'),
    means: l10n.t(
      'Owns an access list that gives {0}, and may make anybody a member, themselves too.',
      named,
    ),
    fix: l10n.t(
      'Let the list give roles that may ask for {0}, or have owners who do not work with it.',
      named,
    ),
  }),
  openMapping: ({ holders: [holder] }) => {
    const from = holder ? forSentence(holder.name) : '-';
    const isCluster = holder?.kind === 'cluster';
    return {
      title: l10n.t('roles named from outside'),
      means: isCluster
        ? l10n.t('The other cluster names the role itself: whoever is in it may get any role that matches.')
        : l10n.t(
            'The identity provider names the role itself: whoever it lets in may get any role that matches.',
          ),
      fix: isCluster
        ? l10n.t('Name each role in the role map of the trusted cluster {0}.', from)
        : l10n.t('Name each role in the connector {0}.', from),
    };
  },
  oneApproval: ({ name, named }) => ({
    title: l10n.t('one approval leads to permanent admin'),
    means: l10n.t(
      'With one approval somebody gets {0}, which may change who has which rights: a short grant becomes a permanent one.',
      named,
    ),
    fix: l10n.t(
      'Ask for two approvals in the thresholds of {0}, or take {1} out of what it may ask for.',
      name,
      named,
    ),
  }),
  nobodyApproves: ({ name, named, approvals = 1 }) => ({
    title: l10n.t('nobody can approve'),
    means: l10n.t(
      'May ask for {0}, which takes {1}, and too few people could give it: such requests wait for ever.',
      named,
      approvalCountWords(approvals),
    ),
    fix: l10n.t('Give somebody a role that reviews {0}, or take it out of {1}.', named, name),
  }),
  tooLong: ({ name, lasts }) => ({
    title: l10n.t('an admin role that lasts too long'),
    means:
      lasts === undefined
        ? l10n.t('Nothing limits how long {0} lasts once it is used.', name)
        : l10n.t(
            '{0} lasts {1} once it is used, longer than the setting "Manifests: Longest Session" allows.',
            name,
            durationWords(lasts),
          ),
    fix: l10n.t('Set max_session_ttl of {0} to what one piece of work takes, such as 1h.', name),
  }),
  longGrant: ({ name, lasts = 0 }) => ({
    title: l10n.t('a grant of more than two weeks'),
    means: l10n.t('Asks for a grant of {0}; Teleport itself allows two weeks at most.', durationWords(lasts)),
    fix: l10n.t('Set max_duration of {0} to a day or less.', name),
  }),
};
