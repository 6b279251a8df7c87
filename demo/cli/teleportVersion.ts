// Which Teleport the demo plays: fields and words came with versions.

/** What the recordings were made with. */
export const recordedVersion = '17.0.0-dev';

/** Whether a version is `least` or newer. `17.0.0-dev` counts as 17.0.0. */
export function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string): number[] => text.split(/[.-]/).slice(0, 3).map(Number);
  const [have, need] = [numbers(version), numbers(least)];
  const at = need.findIndex((number, index) => number !== (have[index] ?? 0));
  return at < 0 || (have[at] ?? 0) > (need[at] ?? 0);
}

/** Whether this may be a version of Teleport. */
export const isVersion = (text: string): boolean => /^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/.test(text);

/** The compiler it says it was made with. */
export const goRuntime = 'go1.26.8';

/** What `version` prints. A release names its tag, which the recorded development build has not. */
export const versionLine = (version: string): string =>
  `Teleport v${version} git:${gitRef(version)} ${goRuntime}\n`;

/** The commit it was made from; the recorded one names none. */
export const gitRef = (version: string): string =>
  version === recordedVersion ? '' : `v${version}-0-g0000000`;
