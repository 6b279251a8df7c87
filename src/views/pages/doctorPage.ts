import * as l10n from '@vscode/l10n';
import type { Instant } from '../../access/untrusted/untrusted.ts';
import type { Diagnosis, DoctorFact } from '../../state/diagnosis.ts';
import { fullDateTime } from '../../text/time.ts';
import { field, nestedField, section } from './pageLayout.ts';

/**
 * The text of the Doctor's page. It is plain text that the user can send to other people for help, so it
 * contains no reasons, no values of environment variables, and no part of a key.
 */
export function doctorPage(diagnosis: Diagnosis | undefined, now: Instant): string {
  if (!diagnosis) return `${l10n.t('Not known yet: run the command "JIT Access: Run Doctor".')}\n`;
  const findings = diagnosis.sections.flatMap(({ facts }) => facts.flatMap(({ finding }) => finding ?? []));
  return [
    verdict(diagnosis, findings.length),
    ...findings.flatMap(({ problem, advice }, index) => [
      '',
      `${String(index + 1)}. ${problem}`,
      `   ${advice}`,
    ]),
    ...diagnosis.sections.flatMap(({ title, facts }) =>
      section(
        title,
        facts.flatMap((fact) => factLines(fact, now)),
      ),
    ),
    '',
    l10n.t(
      'Seen {0}. Lines that begin with │ come from this machine or the cluster.',
      fullDateTime(diagnosis.at),
    ),
    '',
  ].join('\n');
}

/** The first line of the page. It says "All is well" only if all facts are known. */
function verdict({ done, sections }: Diagnosis, count: number): string {
  if (!done) return l10n.t('Looking… what is not known yet is left out');
  if (count === 1) return l10n.t('1 thing needs attention');
  if (count > 1) return l10n.t('{0} things need attention', count);
  const unknown = sections.flatMap(({ facts }) => facts).filter((fact) => fact.unknown).length;
  return unknown === 0
    ? l10n.t('All is well')
    : l10n.t('Nothing needs attention, but {0} of the facts below could not be found out', unknown);
}

function factLines({ name, lines }: DoctorFact, now: Instant): readonly string[] {
  const [first, ...rest] = lines(now);
  if (first === undefined || name === '') return lines(now);
  return [field(name, first), ...rest.map(nestedField)];
}
