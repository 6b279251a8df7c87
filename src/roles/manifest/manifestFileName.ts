import { createHash } from 'node:crypto';
import { rawText, type Untrusted } from '../../access/untrusted/untrusted.ts';

/** File names that Windows reserves for devices, with any extension. */
const deviceName = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;
const mostCharacters = 60;

/**
 * Builds the file name of a role's new manifest. The name is valid on every system and never leaves its
 * folder, because Teleport accepts role names such as `a/b`, `-rf`, `@/etc/hostname` and `CON`.
 * @param taken names of the files in the folder; compared without case, because some systems ignore case
 */
export function fileNameFor(role: Untrusted, taken: readonly string[]): string {
  const name = rawText(role);
  const used = new Set(taken.map((file) => file.toLowerCase()));
  const safe = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, mostCharacters)
    .replace(/[.-]+$/, '');
  const isSafeName = safe !== '' && safe === name && !deviceName.test(safe);
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8);
  const prefixed = `role-${safe}`.replace(/-$/, '');
  const hashed = `${deviceName.test(safe) || safe === '' ? prefixed : safe}-${hash}`;
  for (let count = 1; ; count += 1) {
    const candidates = [isSafeName ? safe : hashed, hashed, `${hashed}-${String(count)}`];
    const free = candidates.map((stem) => `${stem}.yaml`).find((file) => !used.has(file.toLowerCase()));
    if (free !== undefined) return free;
  }
}
