import * as l10n from '@vscode/l10n';
import { forSentence } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import type { Finding, FindingKind } from '../../privileges/report/finding.ts';
import type { FindingSeverity } from '../../privileges/powers/severity.ts';
import type { Holder } from '../../privileges/census/holders.ts';
import type { Path } from '../../roles/role/value.ts';
import { inUtc, span } from '../time.ts';

/** Names a severity. */
export function severityWords(grade: FindingSeverity): string {
  switch (grade) {
    case 'critical':
      return l10n.t('Critical');
    case 'high':
      return l10n.t('High');
    case 'medium':
      return l10n.t('Medium');
    case 'low':
      return l10n.t('Low');
  }
}

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

/**
 * Writes a path such as `spec.allow.rules[0]`. The keys are Teleport's own, so the text needs no sanitising.
 */
export const fieldWords = (path: Path): string =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${String(key)}]` : text === '' ? key : `${text}.${key}`,
    '',
  );

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

const durationWords = (ms: number): string => span(Math.round(ms / 60_000));

/** Writes what a finding means. */
export function meaningWords(finding: Finding): string {
  const sentence = meaning(finding);
  const { conditional, locked } = finding;
  return [
    sentence,
    ...(conditional
      ? [l10n.t('Only under the condition of a rule ("where"), which was not looked into: graded one lower.')]
      : []),
    ...(locked ? [l10n.t('Everybody who holds it is locked now; it is back when the locks end.')] : []),
  ].join(' ');
}

/** Writes a number of approvals. It is infinite where all thresholds of a role only deny. */
const approvalsWords = (count: number): string => {
  if (count === 1) return l10n.t('one approval');
  return Number.isFinite(count) ? l10n.t('{0} approvals', count) : l10n.t('more approvals than there can be');
};

function meaning({ kind, role, values, holders, approvals = 1, lasts }: Finding): string {
  const named = namesInLine(values);
  switch (kind) {
    case 'kubernetes':
      return l10n.t('Permanently an administrator of Kubernetes clusters, without asking anybody.');
    case 'nodes':
      return l10n.t('Permanently root on servers, without asking anybody.');
    case 'hostUsers':
      return l10n.t('An account is made on servers at login, and its sudoers lines or groups make it root.');
    case 'databases':
      return l10n.t('Permanently an administrator of databases, without asking anybody.');
    case 'desktops':
      return l10n.t('Permanently an administrator of desktops, without asking anybody.');
    case 'cloud':
      return l10n.t('Permanently an administrator of cloud accounts, without asking anybody.');
    case 'reach':
      return l10n.t('Reaches everything of a kind, whatever its labels, though not as an administrator.');
    case 'writes':
      return l10n.t('May change {0}, and so give rights to anybody, themselves too.', named);
    case 'decides':
      return l10n.t('May decide access requests alone with tctl, whatever thresholds say, their own too.');
    case 'impersonates':
      return l10n.t('May get certificates of others who are administrators.');
    case 'readsKeys':
      return l10n.t('May read the private keys of the cluster, and so make certificates of anybody.');
    case 'joins':
      return l10n.t('May take part in the sessions of anybody, of administrators too.');
    case 'unclear':
      return l10n.t(
        '{0} is filled in for each person. What it gives could not be worked out: it may make an administrator.',
        named,
      );
    case 'ownsList':
      return l10n.t(
        'Owns an access list that gives {0}, and may make anybody a member, themselves too.',
        named,
      );
    case 'openMapping':
      return holders[0]?.kind === 'cluster'
        ? l10n.t('The other cluster names the role itself: whoever is in it may get any role that matches.')
        : l10n.t(
            'The identity provider names the role itself: whoever it lets in may get any role that matches.',
          );
    case 'oneApproval':
      return approvals === 1
        ? l10n.t(
            'With one approval somebody gets {0}, which may change who has which rights: a short grant becomes a permanent one.',
            named,
          )
        : l10n.t('{0} may be had with {1} approvals.', named, approvals);
    case 'nobodyApproves':
      return l10n.t(
        'May ask for {0}, which takes {1}, and too few people could give it: such requests wait for ever.',
        named,
        approvalsWords(approvals),
      );
    case 'tooLong':
      return lasts === undefined
        ? l10n.t('Nothing limits how long {0} lasts once it is used.', forSentence(role))
        : l10n.t(
            '{0} lasts {1} once it is used, longer than the setting "Manifests: Longest Session" allows.',
            forSentence(role),
            durationWords(lasts),
          );
    case 'longGrant':
      return l10n.t(
        'Asks for a grant of {0}; Teleport itself allows two weeks at most.',
        durationWords(lasts ?? 0),
      );
  }
}

/** Writes how to fix a finding. */
export function findingFixWords(finding: Finding): string {
  const { origin } = finding;
  const sentence = fix(finding);
  if (origin === undefined) return sentence;
  return `${sentence} ${l10n.t('The role belongs to {0}: change it there.', forSentence(origin))}`;
}

function fix({ kind, role, values, holders, preset }: Finding): string {
  const [name, named] = [forSentence(role), namesInLine(values)];
  switch (kind) {
    case 'kubernetes':
    case 'nodes':
    case 'hostUsers':
    case 'databases':
    case 'desktops':
    case 'cloud':
    case 'impersonates':
    case 'readsKeys':
      return preset
        ? l10n.t('Take {0} away from them, and let them ask for it when they need it.', name)
        : l10n.t('Move {0} to a role of its own that is asked for; or take {1} away from them.', named, name);
    case 'reach':
      return l10n.t('Name in the labels of {0} what is needed every day.', name);
    case 'writes':
    case 'decides':
      return l10n.t(
        'Take {0} away from them and let them ask for it, with two approvals; keep one sealed account for emergencies, as an accepted exception.',
        name,
      );
    case 'joins':
      return l10n.t('Name in join_sessions of {0} the roles whose sessions are meant.', name);
    case 'unclear':
      return l10n.t('Write {0} in {1} so that it says what it gives, or look at each person.', named, name);
    case 'ownsList':
      return l10n.t(
        'Let the list give roles that may ask for {0}, or have owners who do not work with it.',
        named,
      );
    case 'openMapping': {
      const from = holders[0] ? forSentence(holders[0].name) : '-';
      return holders[0]?.kind === 'cluster'
        ? l10n.t('Name each role in the role map of the trusted cluster {0}.', from)
        : l10n.t('Name each role in the connector {0}.', from);
    }
    case 'oneApproval':
      return l10n.t(
        'Ask for two approvals in the thresholds of {0}, or take {1} out of what it may ask for.',
        name,
        named,
      );
    case 'nobodyApproves':
      return l10n.t('Give somebody a role that reviews {0}, or take it out of {1}.', named, name);
    case 'tooLong':
      return l10n.t('Set max_session_ttl of {0} to what one piece of work takes, such as 1h.', name);
    case 'longGrant':
      return l10n.t('Set max_duration of {0} to a day or less.', name);
  }
}

/** Returns the title of a kind of finding. */
export function titleWords(kind: FindingKind): string {
  switch (kind) {
    case 'kubernetes':
      return l10n.t('standing Kubernetes admin');
    case 'nodes':
      return l10n.t('standing root on servers');
    case 'hostUsers':
      return l10n.t('standing root by sudoers or groups');
    case 'databases':
      return l10n.t('standing database admin');
    case 'desktops':
      return l10n.t('standing desktop admin');
    case 'cloud':
      return l10n.t('standing cloud admin');
    case 'reach':
      return l10n.t('reaches everything of a kind');
    case 'writes':
      return l10n.t('may change who has which rights');
    case 'decides':
      return l10n.t('decides requests alone');
    case 'impersonates':
      return l10n.t('may act as administrators');
    case 'readsKeys':
      return l10n.t('may read the keys of the cluster');
    case 'joins':
      return l10n.t('may join the sessions of anybody');
    case 'unclear':
      return l10n.t('rights that could not be worked out');
    case 'ownsList':
      return l10n.t('may let anybody into an admin list');
    case 'openMapping':
      return l10n.t('roles named from outside');
    case 'oneApproval':
      return l10n.t('one approval leads to permanent admin');
    case 'nobodyApproves':
      return l10n.t('nobody can approve');
    case 'tooLong':
      return l10n.t('an admin role that lasts too long');
    case 'longGrant':
      return l10n.t('a grant of more than two weeks');
  }
}
