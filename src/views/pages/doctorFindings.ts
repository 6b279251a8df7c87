import * as l10n from '@vscode/l10n';
import type { Diagnosis, Fact } from '../../state/diagnosis.ts';
import { failureWords } from '../../text/failure.ts';
import { span } from '../../text/time.ts';

/** Something that needs attention, and what to do about it. */
export interface DoctorFinding {
  readonly problem: string;
  readonly advice: string;
}

/** How much the clocks may differ unsaid, in ms. */
const tolerated = 60_000;

/** What is in a fact that is known; undefined while it is not. */
export const known = <T>(found: Fact<T> | undefined): T | undefined =>
  found && 'is' in found ? found.is : undefined;

type Failure = Extract<Fact<unknown>, { readonly failure: unknown }>['failure'];

/** Why a fact is not known. */
export const failureIn = (found: Fact<unknown> | undefined): Failure | undefined =>
  found && 'failure' in found ? found.failure : undefined;

/** What needs attention, the ones first that stop everything else. */
export function doctorFindings(diagnosis: Diagnosis): DoctorFinding[] {
  return [
    ...aboutPrograms(diagnosis),
    ...aboutLogin(diagnosis),
    ...aboutClock(diagnosis),
    ...aboutFolders(diagnosis),
    ...aboutEditor(diagnosis),
  ];
}

const failed = (found: Fact<unknown> | undefined, advice: string): DoctorFinding[] => {
  const failure = failureIn(found);
  return failure ? [{ problem: failureWords(failure).text, advice }] : [];
};

function aboutPrograms({ tsh, tctl, service }: Diagnosis): DoctorFinding[] {
  const installed = known(tctl) !== undefined;
  return [
    ...failed(tsh, l10n.t('Install it, then run the Doctor again.')),
    ...failed(
      known(tsh)?.version,
      l10n.t('Run this tsh with "version" in a terminal and look what it says.'),
    ),
    ...(known(service) === true && installed
      ? [
          {
            problem: l10n.t('tctl is not used: on this machine it would act as the Teleport service itself.'),
            advice: l10n.t('Run VS Code on a machine without /etc/teleport.yaml, if you need what tctl does.'),
          },
        ]
      : []),
  ];
}

function aboutLogin({ tsh, login, reach }: Diagnosis): DoctorFinding[] {
  // Without tsh nothing else can be known, and that was said.
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
      return failed(reach, l10n.t('What tsh said stands below, at Reach.'));
    case undefined:
    case 'starting':
    case 'tshMissing':
      return failed(login, l10n.t('Run "tsh status" in a terminal and look what it says.'));
  }
}

function aboutClock({ clock }: Diagnosis): DoctorFinding[] {
  if (clock === undefined || clock === 'unknown' || Math.abs(clock.ahead) < tolerated) return [];
  return [
    {
      problem: clockDifference(clock.ahead),
      advice: l10n.t('Set the clock of this machine; times left are wrong.'),
    },
  ];
}

/** How the clocks differ. */
export function clockDifference(ahead: number): string {
  if (Math.abs(ahead) < tolerated) return l10n.t("within a minute of the cluster's");
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
            problem: l10n.t('Others may enter your profile folder, or it is not yours (mode {0}).', login.mode),
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
