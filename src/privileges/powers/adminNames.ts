// Recognises administrators by the names of accounts, roles and groups in clouds, databases and operating
// systems.

/** Splits a name into its words: `DevAdmin`, `dev-admin` and `dev_admin` have two. */
const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter(Boolean);

const readOnlyWords = new Set('readonly viewer viewers reader readers audit auditor auditors'.split(' '));

/** Whether a name is an administrator's: `PlatformAdmins`, but not the reader `admin-portal-readonly`. */
function soundsLikeAdmin(words: readonly string[]): boolean {
  const readsOnly = words.some(
    (word, at) => readOnlyWords.has(word) || (word === 'read' && words[at + 1] === 'only'),
  );
  if (readsOnly) return false;
  return (
    words.some(
      (word, at) =>
        /admin(istrator)?s?(access)?$/.test(word) ||
        /^poweruser/.test(word) ||
        (word === 'power' && /^users?$/.test(words[at + 1] ?? '')),
    ) || /^owners?$/.test(words.at(-1) ?? '')
  );
}

/** The role that AWS Organizations creates in each account; it has full access there. */
const organizationAdminRole = 'organizationaccountaccessrole';

/**
 * Whether the name of an AWS role, an Azure identity or a Google service account is an administrator's. The
 * part after the last `/` and before an `@` decides.
 */
export function isCloudAdmin(name: string): boolean {
  if (name === '*') return true;
  const last = (name.split('/').at(-1) ?? '').split('@')[0] ?? '';
  return last === '*' || last.toLowerCase() === organizationAdminRole || soundsLikeAdmin(wordsOf(last));
}

const databaseUsers = new Set(
  'postgres root admin sa sys system mysql rdsadmin cloudsqlsuperuser dbadmin accountadmin dba'.split(' '),
);
const databaseRoles = new Set(
  'rds_superuser cloudsqlsuperuser dba db_owner dbowner sysadmin superuser root accountadmin'.split(' '),
);
/** Roles of PostgreSQL whose holder acts as its operating system user, and so becomes its superuser. */
const postgresOsRole = /^pg_(execute_server_program|write_server_files)$/;

const isDatabaseAdmin = (known: ReadonlySet<string>, name: string): boolean => {
  const local = name.split('@')[0] ?? '';
  return (
    name === '*' ||
    known.has(local.toLowerCase()) ||
    postgresOsRole.test(local) ||
    soundsLikeAdmin(wordsOf(local))
  );
};

/** Whether a database user is an administrator. */
export const isDatabaseUser = (name: string): boolean => isDatabaseAdmin(databaseUsers, name);
/** Whether a database role makes its holder an administrator. */
export const isDatabaseRole = (name: string): boolean => isDatabaseAdmin(databaseRoles, name);

/** Whether the members of a Linux group may become root. */
export const isRootGroup = (name: string): boolean =>
  /^(\*|wheel|sudo|sudoers|docker|root|admin|lxd|incus-admin|libvirt|microk8s|disk|kmem|shadow)$/.test(name);

/** Whether the members of a Windows group are administrators. */
export const isWindowsGroup = (name: string): boolean => name === '*' || soundsLikeAdmin(wordsOf(name));
