import { createHash } from 'node:crypto';
import { rawText, type Untrusted } from '../../access/text/untrusted.ts';

/** Names that mean a device on Windows, whatever their ending. */
const device = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
const longest = 60;

/**
 * A name for a role's new manifest that means the same file on every system, and never one outside its folder: role
 * names are data (`a/b`, `-rf`, `@/etc/hostname` and `CON` are accepted by Teleport).
 * @param taken names of the files that are there; two that differ in case only are one file on some systems
 */
export function fileNameFor(role: Untrusted, taken: readonly string[]): string {
  const name = rawText(role);
  const used = new Set(taken.map((one) => one.toLowerCase()));
  const plain = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, longest)
    .replace(/[.-]+$/, '');
  const isSame = plain !== '' && plain === name && !device.test(plain);
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const stem = `role-${plain}`.replace(/-$/, '');
  const marked = `${device.test(plain) || plain === '' ? stem : plain}-${mark}`;
  for (let count = 1; ; count += 1) {
    const tries = [isSame ? plain : marked, marked, `${marked}-${String(count)}`];
    const free = tries.map((one) => `${one}.yaml`).find((one) => !used.has(one.toLowerCase()));
    if (free !== undefined) return free;
  }
}
