import type { Answers, ElevatedKind, KnownRoles } from './answers.ts';
import { writeDuration } from '../role/duration.ts';
import type { FieldChange } from '../manifest/changeManifest.ts';
import { contentOf, rolePaths } from '../role/roleContent.ts';
import { valueAt, type Path, type PlainValue, type PlainObject } from '../role/value.ts';
import { newRole, type RoleWrite } from './roleWrite.ts';

const minute = 60_000;
const anyLabel = { '*': '*' };

/** The allow conditions of a new elevated role, by kind. */
const accessByKind: Readonly<Record<ElevatedKind, PlainObject>> = {
  kubernetes: {
    kubernetes_labels: anyLabel,
    kubernetes_groups: ['system:masters'],
    kubernetes_resources: [{ kind: '*', namespace: '*', name: '*', verbs: ['*'] }],
  },
  database: { db_labels: anyLabel, db_names: ['*'], db_users: ['*'] },
  node: { node_labels: anyLabel, logins: ['root'] },
};

const mfaPath: Path = ['spec', 'options', 'require_session_mfa'];
const disconnectPath: Path = ['spec', 'options', 'disconnect_expired_cert'];

/**
 * Whether an option is on. The option for per-session MFA may also be a text such as `hardware_key_touch`.
 */
const isOn = (value: PlainValue | undefined): boolean =>
  value === true ||
  (typeof value === 'number' && value > 0) ||
  (typeof value === 'string' && !['', 'no', 'off', 'false'].includes(value.toLowerCase()));

function newElevated(answers: Answers): PlainObject {
  const options = {
    max_session_ttl: writeDuration(answers.minutes * minute),
    ...(answers.mfa ? { require_session_mfa: true } : {}),
    ...(answers.disconnect ? { disconnect_expired_cert: true } : {}),
  };
  return newRole(answers.elevated, { options, allow: accessByKind[answers.gives] });
}

/** The existing elevated role, else the new one. */
export const elevatedRole = (answers: Answers, { roles }: KnownRoles): PlainObject =>
  roles.get(answers.elevated) ?? newElevated(answers);

/** The answers that an existing elevated role gives, for the steps that ask about its options. */
export function settingsOf(role: PlainObject): Partial<Pick<Answers, 'minutes' | 'mfa' | 'disconnect'>> {
  const minutes = Math.round((contentOf(role).sessionLimit ?? 0) / minute);
  // The server's default is 30 hours, so that value does not come from a user.
  const isSet = minutes > 0 && minutes < 30 * 60;
  return {
    ...(isSet ? { minutes } : {}),
    mfa: isOn(valueAt(role, mfaPath)),
    disconnect: isOn(valueAt(role, disconnectPath)),
  };
}

/** Plans the elevated role: a manifest for a new role, else the changes of its options. */
export function planElevatedRole(answers: Answers, { roles }: KnownRoles): RoleWrite {
  const existing = roles.get(answers.elevated);
  if (!existing) return { manifest: newElevated(answers) };
  const length = answers.minutes * minute;
  const option = (path: Path, wanted: boolean): FieldChange[] => {
    if (isOn(valueAt(existing, path)) === wanted) return [];
    return [wanted ? { path, set: true } : { path, unset: true }];
  };
  return {
    changes: [
      ...(contentOf(existing).sessionLimit === length
        ? []
        : [{ path: rolePaths.sessionLimit, set: writeDuration(length) }]),
      ...option(mfaPath, answers.mfa),
      ...option(disconnectPath, answers.disconnect),
    ],
  };
}
