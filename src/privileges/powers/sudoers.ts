/*
 * Judges the lines that Teleport writes to sudoers for a host user. A line such as
 * `ALL=(root) NOPASSWD: /usr/bin/systemctl restart app` names the hosts, the target user, tags and commands.
 */

/** Programs that can start any other program or write any file. */
const escapePrograms =
  /^(ba|da|z|k|c|tc|fi|a)?sh$|^(su|sudo|sudoedit|visudo|env|vi|vim|nano|emacs|less|more|man|find|awk|gawk|perl|python[\d.]*|ruby|lua|node|php|docker|podman|nsenter|chroot|unshare|systemd-run|tee|dd|cp|mv|chmod|chown|passwd|useradd|usermod|rsync|tar|zip|git|apt|apt-get|yum|dnf|rpm|dpkg|pip|mount|xargs|ssh|strace|gdb|nmap|tcpdump|crontab)$/;

/** Matches the commas between commands, but not those in the parentheses that hold the target users. */
const commandSeparator = /,(?![^()]*\))/;

/** Whether a line makes its user root: it allows every command, or one that starts any other, as root. */
export function makesRoot(line: string): boolean {
  const at = line.indexOf('=');
  if (at < 0) return /\bALL\b/.test(line);
  // The target user also applies to the commands after it, up to the next target user.
  let asRoot = true;
  for (const part of line.slice(at + 1).split(commandSeparator)) {
    const [, targetUsers, rest = ''] = /^\s*(?:\(([^()]*)\))?(.*)$/s.exec(part) ?? [];
    if (targetUsers !== undefined) asRoot = includesRoot(targetUsers);
    const command = rest.replace(/^(\s*[A-Z_]+:)+/, '').trim();
    if (asRoot && allowsAnyCommand(command)) return true;
  }
  return false;
}

/** Whether the target users include root. Users stand before the colon, groups after it. */
const includesRoot = (targetUsers: string): boolean =>
  /(^|[\s,:])(ALL|root|#0|%wheel|%sudo)($|[\s,:])/.test(targetUsers) || targetUsers.trim() === '';

function allowsAnyCommand(command: string): boolean {
  const [program = ''] = command.split(/\s+/);
  // A command alias may stand for any command, because its definition is unknown here.
  if (/^[A-Z][A-Z\d_]*$/.test(program)) return true;
  return (
    program.includes('*') || program.endsWith('/') || escapePrograms.test(program.split('/').at(-1) ?? '')
  );
}
