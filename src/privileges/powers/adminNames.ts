// Names of accounts and roles elsewhere that say that they are an administrator's.

/** The words of a name: `DevAdmin`, `dev-admin` and `dev_admin` have two. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);

const harmless = new Set([
  'readonly',
  'viewer',
  'viewers',
  'reader',
  'readers',
  'audit',
  'auditor',
  'auditors',
]);

/** Whether a name says admin, and not that it only looks: `PlatformAdmins`, but not `admin-portal-readonly`. */
function saysAdmin(words: readonly string[]): boolean {
  const looks = words.some((word, at) => harmless.has(word) || (word === 'read' && words[at + 1] === 'only'));
  if (looks) return false;
  return (
    words.some(
      (word, at) =>
        /admin(istrator)?s?(access)?$/.test(word) ||
        /^poweruser/.test(word) ||
        (word === 'power' && /^users?$/.test(words[at + 1] ?? '')),
    ) || /^owners?$/.test(words.at(-1) ?? '')
  );
}

/** The role AWS Organizations makes in each account; it may do anything there. */
const ofOrganization = 'organizationaccountaccessrole';

/** A role of AWS, an identity of Azure, a service account of Google: what stands last says what it may do. */
export function isCloudAdmin(name: string): boolean {
  if (name === '*') return true;
  const last = (name.split('/').at(-1) ?? '').split('@')[0] ?? '';
  return last === '*' || last.toLowerCase() === ofOrganization || saysAdmin(wordsOf(last));
}

const databaseUsers = new Set(
  'postgres root admin sa sys system mysql rdsadmin cloudsqlsuperuser dbadmin accountadmin dba'.split(' '),
);
const databaseRoles = new Set(
  'rds_superuser cloudsqlsuperuser dba db_owner dbowner sysadmin superuser root accountadmin'.split(' '),
);
/** Roles of PostgreSQL by which one becomes its operating system's user, and so its superuser. */
const postgres = /^pg_(execute_server_program|write_server_files)$/;

const isDatabaseAdmin = (known: ReadonlySet<string>, name: string): boolean => {
  const local = name.split('@')[0] ?? '';
  return name === '*' || known.has(local.toLowerCase()) || postgres.test(local) || saysAdmin(wordsOf(local));
};

export const isDatabaseUser = (name: string): boolean => isDatabaseAdmin(databaseUsers, name);
export const isDatabaseRole = (name: string): boolean => isDatabaseAdmin(databaseRoles, name);

/** Groups of a Linux machine whose members may become root. */
export const isRootGroup = (name: string): boolean =>
  /^(\*|wheel|sudo|sudoers|docker|root|admin|lxd|disk|shadow)$/.test(name);

/** Groups of Windows whose members are administrators. */
export const isWindowsGroup = (name: string): boolean => name === '*' || saysAdmin(wordsOf(name));
