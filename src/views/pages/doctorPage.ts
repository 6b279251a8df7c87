import * as l10n from '@vscode/l10n';
import { forPage } from '../../access/untrusted/sinks.ts';
import { untrusted, type Untrusted, type Instant } from '../../access/untrusted/untrusted.ts';
import type { Diagnosis, FolderFacts, Fact, ProgramFacts } from '../../state/diagnosis.ts';
import { addressOf } from '../../access/untrusted/proxyAddress.ts';
import { abilityWords } from '../../text/abilities.ts';
import { failureWords } from '../../text/failure.ts';
import { atTime, fullDateTime, relative } from '../../text/time.ts';
import { nestedField, field, untrustedField, section } from './pageLayout.ts';
import { clockDifference, failureIn, doctorFindings } from './doctorFindings.ts';

/**
 * The text of the Doctor's page. It is plain text that the user can send to other people for help, so it
 * contains no reasons, no values of environment variables, and no part of a key.
 */
export function doctorPage(diagnosis: Diagnosis | undefined, now: Instant): string {
  if (!diagnosis) return `${l10n.t('Not known yet: run the command "JIT Access: Run Doctor".')}\n`;
  const findings = doctorFindings(diagnosis);
  return [
    verdict(diagnosis, findings.length),
    ...findings.flatMap(({ problem, advice }, index) => [
      '',
      `${String(index + 1)}. ${problem}`,
      `   ${advice}`,
    ]),
    ...section(l10n.t('Programs'), programLines(diagnosis)),
    ...section(l10n.t('Login'), loginLines(diagnosis, now)),
    ...section(l10n.t('Cluster'), clusterLines(diagnosis, now)),
    ...section(l10n.t('What works for you there'), rightLines(diagnosis, now)),
    ...section(l10n.t('Surroundings'), surroundingLines(diagnosis)),
    ...section(l10n.t('Folders'), folderLines(diagnosis)),
    ...section(l10n.t('Editor'), editorLines(diagnosis)),
    '',
    l10n.t(
      'Seen {0}. Lines that begin with │ come from this machine or the cluster.',
      fullDateTime(diagnosis.at),
    ),
    '',
  ].join('\n');
}

/** The first line of the page. It says "All is well" only if all facts are known. */
function verdict(diagnosis: Diagnosis, count: number): string {
  if (!diagnosis.done) return l10n.t('Looking… what is not known yet is left out');
  if (count === 1) return l10n.t('1 thing needs attention');
  if (count > 1) return l10n.t('{0} things need attention', count);
  const { others, managed, aliasFiles, home, runtime, service } = diagnosis;
  const facts = [others, managed, aliasFiles, home, runtime, service];
  const unknown = facts.filter((fact) => fact && !('value' in fact)).length;
  return unknown === 0
    ? l10n.t('All is well')
    : l10n.t('Nothing needs attention, but {0} of the facts below could not be found out', unknown);
}

/** The lines of a fact, or the reason why it is not known; empty while it is being read. */
function lines<T>(name: string, fact: Fact<T> | undefined, valueLines: (value: T) => string[]): string[] {
  if (!fact) return [];
  if ('value' in fact) return valueLines(fact.value);
  if ('notAsked' in fact)
    return [field(name, l10n.t('not asked, since it is not known that somebody is signed in'))];
  if ('error' in fact)
    return [field(name, l10n.t('could not be read')), ...forPage(fact.error).map(nestedField)];
  const { said } = fact.failure;
  return [field(name, failureWords(fact.failure).text), ...(said ? forPage(said).map(nestedField) : [])];
}

function programLines({ tsh, tctl, managed }: Diagnosis): string[] {
  const absent = failureIn(tctl)?.kind === 'notFound';
  return [
    ...lines('tsh', tsh, (facts) => program('tsh', facts)),
    ...(absent
      ? [
          field(
            'tctl',
            l10n.t('not found; only needed where roles are listed, locks made, or nobody reviews'),
          ),
        ]
      : lines('tctl', tctl, (facts) => program('tctl', facts))),
    ...lines(l10n.t('Managed'), managed, (names) =>
      names.length === 0
        ? [field(l10n.t('Managed'), l10n.t('no downloaded tools in the profile folder'))]
        : [
            ...untrustedField(l10n.t('Managed'), names),
            nestedField(l10n.t('tsh may run one of these in its place')),
          ],
    ),
  ];
}

function program(name: string, { path, how, version }: ProgramFacts): string[] {
  const places = {
    setting: l10n.t('named in the settings'),
    path: l10n.t('found on PATH'),
    usual: l10n.t('found in a usual place'),
  };
  return [
    ...untrustedField(name, [path]),
    nestedField(places[how]),
    ...lines(l10n.t('{0} version', name), version, (text) =>
      untrustedField(l10n.t('{0} version', name), [text]),
    ),
  ];
}

function loginLines({ login, others }: Diagnosis, now: Instant): string[] {
  return [
    ...lines(l10n.t('Login'), login, (state) =>
      'profile' in state
        ? [
            ...untrustedField(l10n.t('Who'), [state.profile.user]),
            ...untrustedField(l10n.t('Cluster'), [state.profile.cluster]),
            ...untrustedField(l10n.t('Proxy'), [untrusted(addressOf(state.profile))]),
            field(
              state.kind === 'signedIn' ? l10n.t('Until') : l10n.t('Expired'),
              fullDateTime(state.profile.validUntil),
            ),
          ]
        : [field(l10n.t('Login'), state.kind === 'signedOut' ? l10n.t('none') : l10n.t('not known'))],
    ),
    ...lines(l10n.t('Other profiles'), others, (profiles) =>
      profiles.flatMap(({ user, cluster, validUntil }, index) => [
        ...untrustedField(index === 0 ? l10n.t('Other profiles') : '', [user, cluster]),
        nestedField(
          validUntil > now ? l10n.t('signed in until {0}', atTime(validUntil, now)) : l10n.t('login expired'),
        ),
      ]),
    ),
  ];
}

function clusterLines({ reach, cluster, capabilities, edition, clock }: Diagnosis, now: Instant): string[] {
  const tctlStatus = l10n.t('tctl status');
  return [
    ...lines(l10n.t('Reach'), reach, (ms) => [
      field(l10n.t('Reach'), l10n.t('tsh request ls answered in {0} ms', ms)),
    ]),
    ...lines(tctlStatus, cluster, (texts) => untrustedField(tctlStatus, texts)),
    ...lines(l10n.t('tctl as you'), capabilities, () => [
      field(l10n.t('tctl as you'), l10n.t('answers which roles you may ask for')),
    ]),
    ...(edition ? [field(l10n.t('Edition'), editionWords(edition))] : []),
    ...(clock === undefined
      ? []
      : [
          field(
            l10n.t('Clock'),
            clock === 'unknown'
              ? l10n.t('not known: it is seen when you ask for access here')
              : l10n.t('{0} (seen {1})', clockDifference(clock.ahead), relative(clock.at, now)),
          ),
        ]),
  ];
}

function editionWords(edition: NonNullable<Diagnosis['edition']>): string {
  switch (edition.kind) {
    case 'enterprise':
      return edition.seen === 'review'
        ? l10n.t('Enterprise: a review was seen')
        : l10n.t('Enterprise: a request for resources was seen');
    case 'community':
      return l10n.t('probably Community: you may not review, and tctl decides');
    case 'unknown':
      return l10n.t('not known: nothing was seen that only one of them has');
  }
}

function rightLines({ rights = [] }: Diagnosis, now: Instant): string[] {
  return rights.map(([ability, right]) => {
    const words = abilityWords(ability);
    if (!right) return `  ${l10n.t('not tried   {0}', words)}`;
    const seen = relative(right.at, now);
    return right.works
      ? `  ${l10n.t('works       {0} ({1})', words, seen)}`
      : `  ${l10n.t('refused     {0} ({1})', words, seen)}`;
  });
}

function surroundingLines({ strays, aliasFiles, service, agent, kubectl }: Diagnosis): string[] {
  const [variables, aliases, config] = [l10n.t('Variables'), l10n.t('Aliases'), l10n.t('Service')];
  return [
    ...(strays.length === 0
      ? [field(variables, l10n.t('none that would change what tsh does'))]
      : [
          ...untrustedField(variables, strays),
          nestedField(l10n.t('set for VS Code and not passed on; tsh in your own terminal may heed them')),
        ]),
    ...lines(aliases, aliasFiles, (files) =>
      files.length === 0
        ? [field(aliases, l10n.t('no configuration of tsh that could hold any'))]
        : files.flatMap(({ path, aliases: hasAliases }, index) => [
            ...untrustedField(index === 0 ? aliases : '', [path]),
            nestedField(
              hasAliases ? l10n.t('has aliases; kept from working in our calls') : l10n.t('has no aliases'),
            ),
          ]),
    ),
    ...lines(config, service, (isAuthService) => [
      field(
        config,
        isAuthService
          ? l10n.t("an auth service's configuration is here, so tctl is refused")
          : l10n.t("no auth service's configuration that tctl would use"),
      ),
    ]),
    field('ssh-agent', agent ? l10n.t('present, left untouched') : l10n.t('none')),
    ...lines('kubectl', kubectl, (path) =>
      path ? untrustedField('kubectl', [path]) : [field('kubectl', l10n.t('not found on PATH'))],
    ),
  ];
}

function folderLines({ home, runtime }: Diagnosis): string[] {
  const [login, copies] = [l10n.t('Profile folder'), l10n.t('Private copies')];
  return [
    ...lines(login, home, (facts) => [
      ...folder(login, facts, l10n.t('not there yet')),
      ...(facts.links.length > 0 ? untrustedField(l10n.t('Links in it'), facts.links.slice(0, 20)) : []),
    ]),
    ...lines(copies, runtime, (facts) => folder(copies, facts, l10n.t('not there; made when it is needed'))),
  ];
}

function folder(name: string, { path, exists, ours, mode }: FolderFacts, otherwise: string): string[] {
  const state = ours ? l10n.t('yours alone (mode {0})', mode) : l10n.t('not yours alone (mode {0})', mode);
  return [...untrustedField(name, [path]), nestedField(exists ? state : otherwise)];
}

function editorLines({ editor }: Diagnosis): string[] {
  const { version, extension, remote, inBrowser, trusted, system } = editor;
  const place: readonly Untrusted[] = remote ? [remote] : [];
  return [
    field('VS Code', version),
    field('JIT Access', extension),
    field(l10n.t('System'), system),
    ...(place.length > 0
      ? untrustedField(l10n.t('Remote'), place)
      : [field(l10n.t('Remote'), l10n.t('no: tsh runs on this machine'))]),
    ...(inBrowser ? [field(l10n.t('Window'), l10n.t('in a browser'))] : []),
    field(l10n.t('Trust'), trusted ? l10n.t('workspace trusted') : l10n.t('Restricted Mode')),
  ];
}
