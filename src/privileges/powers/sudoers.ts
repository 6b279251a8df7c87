/*
 * Lines of sudoers as Teleport writes them for an account: `ALL=(root) NOPASSWD: /usr/bin/systemctl restart app`, the
 * hosts, then as whom, tags and commands.
 */

/** Programs that start any other. */
const shells =
  /^(ba|da|z|k|c|tc|fi|a)?sh$|^(su|sudo|sudoedit|visudo|env|vi|vim|nano|emacs|less|more|man|find|awk|gawk|perl|python[\d.]*|ruby|lua|node|php|docker|podman|nsenter|chroot|unshare|systemd-run|tee|dd|cp|mv|chmod|chown|passwd|useradd|usermod|rsync|tar|zip|git|apt|apt-get|yum|dnf|rpm|dpkg|pip|mount|xargs|ssh|strace|gdb|nmap|tcpdump|crontab)$/;

/** Commas between commands, not those inside of the round brackets that say as whom. */
const betweenCommands = /,(?![^()]*\))/;

/** Whether a line lets its account become root: every command, or one that starts any other, as root. */
export function makesRoot(line: string): boolean {
  const at = line.indexOf('=');
  if (at < 0) return /\bALL\b/.test(line);
  // As whom and the tags count for the commands after them too.
  let asRoot = true;
  for (const part of line.slice(at + 1).split(betweenCommands)) {
    const [, whom, rest = ''] = /^\s*(?:\(([^()]*)\))?(.*)$/s.exec(part) ?? [];
    if (whom !== undefined) asRoot = isRoot(whom);
    const command = rest.replace(/^(\s*[A-Z_]+:)+/, '').trim();
    if (asRoot && isEvery(command)) return true;
  }
  return false;
}

/** Before the colon are users, behind it groups. */
const isRoot = (whom: string): boolean =>
  /(^|[\s,:])(ALL|root|#0|%wheel|%sudo)($|[\s,:])/.test(whom) || whom.trim() === '';

function isEvery(command: string): boolean {
  const [program = ''] = command.split(/\s+/);
  // An alias of commands is not known here.
  if (/^[A-Z][A-Z\d_]*$/.test(program)) return true;
  return program.includes('*') || program.endsWith('/') || shells.test(program.split('/').at(-1) ?? '');
}
