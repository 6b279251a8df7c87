import * as l10n from '@vscode/l10n';
import { cluster, rights } from './clusterFacts.ts';
import type { DoctorSection } from './diagnose.ts';
import { editor, folders, surroundings } from './machineFacts.ts';
import { login, programs } from './loginFacts.ts';
import type { DoctorParts } from './services.ts';

/** The facts of the Doctor, in the order of the page. A new fact is one entry of one of these lists. */
export const doctorTable = (parts: DoctorParts): readonly DoctorSection[] => [
  { title: l10n.t('Programs'), callsPrograms: true, entries: programs(parts) },
  { title: l10n.t('Login'), callsPrograms: true, entries: login(parts) },
  { title: l10n.t('Cluster'), callsPrograms: true, entries: cluster(parts) },
  { title: l10n.t('What works for you there'), callsPrograms: true, entries: rights(parts) },
  { title: l10n.t('Surroundings'), callsPrograms: false, entries: surroundings(parts) },
  { title: l10n.t('Folders'), callsPrograms: false, entries: folders(parts) },
  { title: l10n.t('Editor'), callsPrograms: false, entries: editor(parts) },
];
