/*
 * Judges the lines that Teleport writes to sudoers for a host user. A line such as
 * `ALL=(root) NOPASSWD: /usr/bin/systemctl restart app` names the hosts, the target users, tags and commands. Far more
 * programs can start a shell or write a file than any list could name, so a line counts as root unless each part of it
 * is on the short list below.
 */
import { isRootGroup } from './adminNames.ts';

/** `host = commands`, in characters that one line of sudoers has. A line break would begin another line. */
const userSpec = /^[A-Za-z0-9_.,! -]+=([\x20-\x7e]*)$/;

/** Matches the commas between commands, but not those in the parentheses that hold the target users. */
const commandSeparator = /,(?![^()]*\))/;

/** Tags that give nothing. `SETENV` would, because LD_PRELOAD runs any code; `EXEC` takes back what protects. */
const harmlessTags = /^(?:(?:NOPASSWD|PASSWD|NOEXEC|NOSETENV|LOG_INPUT|LOG_OUTPUT|MAIL|NOMAIL)\s*:\s*)*/;

/** A command that is forbidden gives nothing. Two exclamation marks would allow it again. */
const forbidden = /^! ?\/[\w/.*@ -]+$/;

/**
 * What root may run without becoming more than root lets it:
 * - programs that print a few facts, whatever their arguments: they start nothing, write nothing and show no content
 *   of files. Only in the folders of the system, where nobody else can put another program;
 * - `systemctl` with exactly one of these verbs and one unit: root wrote the unit. Other verbs edit units or show a
 *   pager, which starts a shell, and some units are a shell themselves.
 */
const harmlessAsRoot = [
  /^\/(?:usr\/)?bin\/(?:true|false|id|whoami|uptime|ls|df)(?: [\w./ -]*)?$/,
  /^\/(?:usr\/)?bin\/systemctl (?:start|stop|restart|try-restart|reload|reload-or-restart) (?!debug-shell|rescue|emergency|breakpoint-)[A-Za-z0-9][\w@.-]*$/,
];

/** Any command of another user than root, without a colon that would begin the next hosts. */
const anyCommand = /^!? ?(?:[A-Z][A-Z0-9_]*|\/[\w/.*@ -]*)$/;

/** No honest line is longer, in UTF-16 units. The time to take a line apart grows with the square of it. */
const longestLine = 2_000;

/** Users of the images of clouds and virtual machines, which sudo lets run everything as root. */
const imageUser =
  /^(?:ubuntu|debian|ec2-user|centos|fedora|rocky|almalinux|opensuse|core|cloud-user|cloudadmin|azureuser|opc|bitnami|vagrant|pi|packer)$/;

/** Whether a line makes its user root, or may do so. */
export function makesRoot(line: string): boolean {
  if (line.trim() === '') return false;
  const [, commands] = line.length > longestLine ? [] : (userSpec.exec(line) ?? []);
  if (commands === undefined) return true;
  // The target users also apply to the commands after them, up to the next target users. Without any, it is root.
  let asRoot = true;
  return commands.split(commandSeparator).some((part) => {
    const [, targets, rest = ''] = /^ *(?:\(([^()]*)\))?(.*)$/.exec(part) ?? [];
    if (targets !== undefined) asRoot = mayBeRoot(targets);
    const command = rest.trim().replace(harmlessTags, '').trim();
    if (forbidden.test(command)) return false;
    return !(asRoot ? harmlessAsRoot : [anyCommand]).some((harmless) => harmless.test(command));
  });
}

/** Whether the target users may include root. Users stand before the colon, groups after it. */
function mayBeRoot(targets: string): boolean {
  const [users = '', groups, ...more] = targets.split(':');
  const isOther = (names: string, isRoot: (name: string) => boolean): boolean =>
    names.split(',').every((name) => /^[a-z][a-z0-9_-]*$/.test(name.trim()) && !isRoot(name.trim()));
  if (
    more.length > 0 ||
    !isOther(users, (name) => /^(?:root|toor|admin)$/.test(name) || imageUser.test(name) || isRootGroup(name))
  )
    return true;
  return groups !== undefined && !isOther(groups, isRootGroup);
}
