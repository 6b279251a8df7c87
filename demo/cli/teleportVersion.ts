// The Teleport version that a demo cluster imitates, because fields and messages differ between versions.

/** The version of the recordings. */
export const recordedVersion = '17.0.0-dev';

/** Returns true when `version` is `least` or newer. `17.0.0-dev` counts as 17.0.0. */
export function isAtLeast(version: string, least: string): boolean {
  const numbers = (text: string): number[] => text.split(/[.-]/).slice(0, 3).map(Number);
  const [have, need] = [numbers(version), numbers(least)];
  const at = need.findIndex((number, index) => number !== (have[index] ?? 0));
  return at < 0 || (have[at] ?? 0) > (need[at] ?? 0);
}

/** Returns true when a text has the form of a Teleport version. */
export const isVersion = (text: string): boolean => /^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/.test(text);

/** The Go compiler that `tsh version` reports. */
export const goRuntime = 'go1.26.8';

/** The line that `tsh version` and `tctl version` print. */
export const versionLine = (version: string): string =>
  `Teleport v${version} git:${gitRef(version)} ${goRuntime}\n`;

/** The git tag of a release. The recorded development build names none. */
export const gitRef = (version: string): string =>
  version === recordedVersion ? '' : `v${version}-0-g0000000`;
