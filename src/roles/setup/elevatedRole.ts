import { rawText } from '../../access/text/untrusted.ts';
import type { Answers, Given, KnownRoles } from './answers.ts';
import { readDuration } from '../role/duration.ts';
import type { FieldChange } from '../manifest/changeManifest.ts';
import { textsAt, valueAt, type Path, type Plain, type PlainObject } from '../role/value.ts';

const anywhere = { '*': '*' };

/** What each preset gives. */
const powers: Readonly<Record<Given, PlainObject>> = {
  kubernetes: {
    kubernetes_labels: anywhere,
    kubernetes_groups: ['system:masters'],
    kubernetes_resources: [{ kind: '*', namespace: '*', name: '*', verbs: ['*'] }],
  },
  database: { db_labels: anywhere, db_names: ['*'], db_users: ['*'] },
  node: { node_labels: anywhere, logins: ['root'] },
};

const lifetime: Path = ['spec', 'options', 'max_session_ttl'];
const mfa: Path = ['spec', 'options', 'require_session_mfa'];
const disconnect: Path = ['spec', 'options', 'disconnect_expired_cert'];

/** Minutes in the form of Teleport's durations: `1h30m`. */
export function sessionLimit(minutes: number): string {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return `${hours > 0 ? `${String(hours)}h` : ''}${rest > 0 || hours === 0 ? `${String(rest)}m` : ''}`;
}

/** Whether an option is on; per-session MFA may also be one of several texts (`hardware_key_touch`). */
const isOn = (value: Plain | undefined): boolean =>
  value === true ||
  (typeof value === 'number' && value > 0) ||
  (typeof value === 'string' && !['', 'no', 'off', 'false'].includes(value.toLowerCase()));

/** A new role of `v7`, which every server from 14 on takes. */
export const newRole = (name: string, spec: PlainObject): PlainObject => ({
  kind: 'role',
  version: 'v7',
  metadata: { name },
  spec,
});

function newElevated(answers: Answers): PlainObject {
  const options = {
    max_session_ttl: sessionLimit(answers.minutes),
    ...(answers.mfa ? { require_session_mfa: true } : {}),
    ...(answers.disconnect ? { disconnect_expired_cert: true } : {}),
  };
  return newRole(rawText(answers.elevated), { options, allow: powers[answers.gives] });
}

/** The elevated role: the one there is, else the new one. */
export const elevatedOf = (answers: Answers, { roles }: KnownRoles): PlainObject =>
  roles.get(answers.elevated) ?? newElevated(answers);

/** What is answered already by a role that is there, for the steps that ask about it. */
export function settingsOf(role: PlainObject): Partial<Pick<Answers, 'minutes' | 'mfa' | 'disconnect'>> {
  const ms = readDuration(textsAt(role, lifetime)[0] ?? '');
  const minutes = ms === undefined ? 0 : Math.round(ms / 60_000);
  // 30 hours is what the server fills in where nobody said anything.
  const said = minutes > 0 && minutes < 30 * 60;
  return {
    ...(said ? { minutes } : {}),
    mfa: isOn(valueAt(role, mfa)),
    disconnect: isOn(valueAt(role, disconnect)),
  };
}

/** The elevated role to be written: whole if it is new, else what changes of it. */
export function writeElevated(
  answers: Answers,
  { roles }: KnownRoles,
): { readonly manifest: PlainObject } | { readonly changes: readonly FieldChange[] } {
  const there = roles.get(answers.elevated);
  if (!there) return { manifest: newElevated(answers) };
  const held = readDuration(textsAt(there, lifetime)[0] ?? '');
  const option = (path: Path, wanted: boolean): FieldChange[] => {
    if (isOn(valueAt(there, path)) === wanted) return [];
    return [wanted ? { path, set: true } : { path, unset: true }];
  };
  return {
    changes: [
      ...(held === answers.minutes * 60_000 ? [] : [{ path: lifetime, set: sessionLimit(answers.minutes) }]),
      ...option(mfa, answers.mfa),
      ...option(disconnect, answers.disconnect),
    ],
  };
}
