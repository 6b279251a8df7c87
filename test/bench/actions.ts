import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { demoCluster, freshFolder, removeFolder, settle } from '../../scripts/hosts/people.ts';
import type { Draft } from '../../src/access/requestDraft.ts';
import { untrusted } from '../../src/access/text/untrusted.ts';
import type { Figure } from '../support/bench/figure.ts';
import { bareTsh, idIn, partsFor } from '../support/bench/parts.ts';
import { ratio, rounds } from '../support/bench/ratio.ts';

const draft: Draft = { roles: [untrusted('kube-admin')], reason: 'measuring', minutes: 60, reviewers: [] };
const asked = ['request', 'create', '--roles=kube-admin', '--reason=measuring', '--max-duration=60m'];

/** What each action costs beside the tsh calls it is made of, on a demo cluster. */
export async function actions(): Promise<readonly Figure[]> {
  const folder = await freshFolder();
  try {
    const demo = await demoCluster(folder);
    const [alice, rita] = [await settle(folder, demo, 'alice'), await settle(folder, demo, 'rita')];
    const mine = partsFor(demo, 'alice', alice.env, join(folder, 'storage-a'));
    const hers = partsFor(demo, 'rita', rita.env, join(folder, 'storage-r'));
    const [home, tshA] = [demo.homes['alice']!, bareTsh(demo, alice.env, demo.homes['alice']!)];
    const tshR = bareTsh(demo, rita.env, demo.homes['rita']!);
    const create = async () => idIn(await tshA(...asked, '--nowait'));
    const shows = (tsh: typeof tshA, id: string): Promise<string> =>
      tsh('request', 'show', '--format=json', '--', id);
    const pending = await Promise.all(Array.from({ length: 2 * (rounds + 1) }, create));
    const approved = await create();
    await tshR('request', 'review', '--approve', '--', approved);

    const figures: Figure[] = [];
    figures.push(
      await ratio(
        'list',
        'request ls',
        () => mine.tsh.list(mine.mainLogin),
        () => tshA('request', 'ls', '--format=json'),
      ),
      await ratio(
        'show',
        'request show',
        () => mine.tsh.show(mine.mainLogin, approved),
        () => shows(tshA, approved),
      ),
      await ratio(
        'create and read',
        'create, show',
        async () => mine.tsh.show(mine.mainLogin, await mine.tsh.create(mine.mainLogin, draft)),
        async () => shows(tshA, await create()),
      ),
      await ratio(
        'review with re-reads',
        'show, show, review, show',
        async () => {
          const id = pending.pop()!;
          for (let read = 0; read < 2; read++) await hers.tsh.show(hers.mainLogin, id);
          await hers.tsh.review(hers.mainLogin, id, 'approve', '');
          await hers.tsh.show(hers.mainLogin, id);
        },
        async () => {
          const id = pending.pop()!;
          for (let read = 0; read < 2; read++) await shows(tshR, id);
          await tshR('request', 'review', '--approve', '--', id);
          await shows(tshR, id);
        },
      ),
    );

    const request = await mine.tsh.show(mine.mainLogin, approved);
    const login = await mine.tsh.status(mine.mainLogin);
    if (login.kind !== 'signedIn') throw new Error('alice is not signed in');
    let copies = 0;
    const copy = (): string => join(folder, `copy-${copies}`);
    const assumed: (() => Promise<unknown>)[] = [];
    const assume = await ratio(
      'assume in a private home',
      'copy, status, login --request-id, status',
      async () => {
        const elevation = await mine.elevations.assumePrivately(request, login.profile);
        assumed.push(() => mine.giveBack.drop(elevation));
      },
      async () => {
        copies += 1;
        await mkdir(copy(), { mode: 0o700 });
        await cp(home, copy(), { recursive: true });
        const tsh = bareTsh(demo, alice.env, copy());
        await tsh('status', '--format=json');
        await tsh('login', `--request-id=${approved}`);
        await tsh('status', '--format=json');
      },
    );
    const giveBack = await ratio(
      'give back',
      'request drop, status, remove',
      async () => assumed.pop()!(),
      async () => {
        const tsh = bareTsh(demo, alice.env, copy());
        await tsh('request', 'drop');
        await tsh('status', '--format=json');
        await rm(copy(), { recursive: true });
        copies -= 1;
      },
    );
    return [...figures, assume, giveBack];
  } finally {
    await removeFolder(folder);
  }
}
