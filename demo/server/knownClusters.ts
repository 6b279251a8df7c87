// Clusters that can share a home: a program of one answers for the other, as the one tsh there is does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readState, replaceFile } from './serverState.ts';

/** `<dir>/neighbours.json`: folders of other clusters. */
const file = (dir: string): string => join(dir, 'neighbours.json');

function neighboursOf(dir: string): readonly string[] {
  try {
    return JSON.parse(readFileSync(file(dir), 'utf8')) as string[];
  } catch {
    return [];
  }
}

/** Lets the programs of each of these clusters reach all of them. Their proxies have different hosts. */
export function addKnownCluster(...dirs: readonly string[]): void {
  for (const dir of dirs) {
    replaceFile(file(dir), JSON.stringify(dirs.filter((other) => other !== dir)));
  }
}

/** Whether a proxy at `host:port` is meant by what somebody gave: all of it, or the host. */
export const isAddressOf = (proxy: string, given: string): boolean =>
  [proxy, proxy.split(':')[0], `https://${proxy}`].includes(given);

/** The folder of the cluster behind a proxy; undefined where nothing answers. */
export const clusterAt = (dir: string, proxy: string): string | undefined =>
  [dir, ...neighboursOf(dir)].find((each) => isAddressOf(readState(each).proxy, proxy));
