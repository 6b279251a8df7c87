// Clusters whose logins can share a profile folder. The programs of one cluster then also work with the
// others, as the real tsh does with every cluster.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readState, replaceFile } from './serverState.ts';

/** The file that lists the folders of the other clusters. */
const neighboursFile = (dir: string): string => join(dir, 'neighbours.json');

function neighboursOf(dir: string): readonly string[] {
  try {
    return JSON.parse(readFileSync(neighboursFile(dir), 'utf8')) as string[];
  } catch {
    return [];
  }
}

/** Lets the programs of each of these clusters reach the others. Their proxies must have different hosts. */
export function addKnownCluster(...dirs: readonly string[]): void {
  for (const dir of dirs) {
    replaceFile(neighboursFile(dir), JSON.stringify(dirs.filter((other) => other !== dir)));
  }
}

/**
 * Whether an address that the user gave names the proxy at `host:port`: in full, as a URL, or the host alone.
 */
export const isAddressOf = (proxy: string, address: string): boolean =>
  [proxy, proxy.split(':')[0], `https://${proxy}`].includes(address);

/** Returns the folder of the cluster behind a proxy address, or undefined when no known cluster has it. */
export const clusterAt = (dir: string, proxy: string): string | undefined =>
  [dir, ...neighboursOf(dir)].find((each) => isAddressOf(readState(each).proxy, proxy));
