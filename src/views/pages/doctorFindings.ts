import * as l10n from '@vscode/l10n';
import type { Diagnosis, Fact } from '../../state/diagnosis.ts';
import { failureWords } from '../../text/failure.ts';
import { span } from '../../text/time.ts';

/** A problem that the Doctor found, and advice for it. */
export interface DoctorFinding {
  readonly problem: string;
  readonly advice: string;
}

/** A smaller difference between the clocks is not reported, in ms. */
const toleratedSkew = 60_000;

/** The value of a fact; undefined while it is not known. */
const known = <T>(fact: Fact<T> | undefined): T | undefined =>
  fact && 'value' in fact ? fact.value : undefined;

type Failure = Extract<Fact<unknown>, { readonly failure: unknown }>['failure'];

/** The failure because of which a fact is not known; undefined if there was none. */
export const failureIn = (fact: Fact<unknown> | undefined): Failure | undefined =>
  fact && 'failure' in fact ? fact.failure : undefined;

/** Lists the problems in a diagnosis. Problems that prevent everything else come first. */
export function doctorFindings(diagnosis: Diagnosis): DoctorFinding[] {
  return [
    ...aboutPrograms(diagnosis),
    ...aboutLogin(diagnosis),
    ...aboutClock(diagnosis),
    ...aboutFolders(diagnosis),
    ...aboutEditor(diagnosis),
  ];
}

/** A finding for a fact that could not be read because of a failure; empty otherwise. */
const failureFinding = (fact: Fact<unknown> | undefined, advice: string): DoctorFinding[] => {
  const failure = failureIn(fact);
  return failure ? [{ problem: failureWords(failure).text, advice }] : [];
};

function aboutPrograms({ tsh, tctl, service }: Diagnosis): DoctorFinding[] {
  const installed = known(tctl) !== undefined;
  return [
    ...failureFinding(tsh, l10n.t('Install it, then run the Doctor again.')),
    ...failureFinding(
      known(tsh)?.version,
      l10n.t('Run this tsh with "version" in a terminal and look what it says.'),
    ),
    ...(known(service) === true && installed
      ? [
          {
            problem: l10n.t('tctl is not used: on this machine it would act as the Teleport service itself.'),
            advice: l10n.t(
              'Run VS Code on a machine without /etc/teleport.yaml, if you need what tctl does.',
            ),
          },
        ]
      : []),
  ];
}

function aboutLogin({ tsh, login, reach }: Diagnosis): DoctorFinding[] {
  // Without tsh nothing else can be known, and `aboutPrograms` already reports that.
  if (failureIn(tsh)) return [];
  const kind = known(login)?.kind;
  const signIn = l10n.t('Run the command "JIT Access: Sign In".');
  switch (kind) {
    case 'signedOut':
      return [{ problem: l10n.t('You are signed out of Teleport.'), advice: signIn }];
    case 'expired':
      return [{ problem: l10n.t('Your Teleport login has expired.'), advice: signIn }];
    case 'tooOld':
      return [
        {
          problem: l10n.t('This tsh is too old: version 14 or newer is needed.'),
          advice: l10n.t('Update it.'),
        },
      ];
    case 'signedIn':
      return failureFinding(reach, l10n.t('What tsh said stands below, at Reach.'));
    case undefined:
    case 'starting':
    case 'tshMissing':
      return failureFinding(login, l10n.t('Run "tsh status" in a terminal and look what it says.'));
  }
}

function aboutClock({ clock }: Diagnosis): DoctorFinding[] {
  if (clock === undefined || clock === 'unknown' || Math.abs(clock.ahead) < toleratedSkew) return [];
  return [
    {
      problem: clockDifference(clock.ahead),
      advice: l10n.t('Set the clock of this machine; times left are wrong.'),
    },
  ];
}

/**
 * Describes the difference between the clocks of this machine and the cluster.
 * @param ahead how far this machine's clock is ahead, in ms; negative if it is behind
 */
export function clockDifference(ahead: number): string {
  if (Math.abs(ahead) < toleratedSkew) return l10n.t("within a minute of the cluster's");
  const minutes = span(Math.round(Math.abs(ahead) / 60_000));
  return ahead > 0
    ? l10n.t("This machine's clock was {0} ahead of the cluster's.", minutes)
    : l10n.t("This machine's clock was {0} behind the cluster's.", minutes);
}

function aboutFolders({ home, runtime }: Diagnosis): DoctorFinding[] {
  const [login, copies] = [known(home), known(runtime)];
  return [
    ...(login?.exists && !login.ours
      ? [
          {
            problem: l10n.t(
              'Others may enter your profile folder, or it is not yours (mode {0}).',
              login.mode,
            ),
            advice: l10n.t('Make it yours alone: mode 700. Your keys lie in it.'),
          },
        ]
      : []),
    ...(login && login.links.length > 0
      ? [
          {
            problem: l10n.t('There are links in your profile folder.'),
            advice: l10n.t(
              'Where they lie among the keys no elevated terminal opens, because a link would elevate the login it leads to.',
            ),
          },
        ]
      : []),
    ...(copies?.exists && !copies.ours
      ? [
          {
            problem: l10n.t(
              'The folder for private copies of your login is not yours alone (mode {0}).',
              copies.mode,
            ),
            advice: l10n.t('Look who made it, then remove it; until then no elevated terminal opens.'),
          },
        ]
      : []),
  ];
}

function aboutEditor({ editor }: Diagnosis): DoctorFinding[] {
  if (editor.trusted) return [];
  return [
    {
      problem: l10n.t(
        'This window is in Restricted Mode: VS Code opens no terminals, so access cannot be used.',
      ),
      advice: l10n.t('Run "Workspaces: Manage Workspace Trust" if you trust this folder.'),
    },
  ];
}
