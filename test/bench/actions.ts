import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createDemoCluster, freshFolder, removeFolder, setUpPerson } from '../../scripts/hosts/people.ts';
import type { Draft } from '../../src/access/requestDraft.ts';
import { untrusted } from '../../src/access/untrusted/untrusted.ts';
import type { Figure } from '../support/bench/figure.ts';
import { bareTsh, requestIdIn, servicesFor } from '../support/bench/parts.ts';
import { ratio, rounds } from '../support/bench/ratio.ts';

const draft: Draft = { roles: [untrusted('kube-admin')], reason: 'measuring', minutes: 60, reviewers: [] };
const createArguments = [
  'request',
  'create',
  '--roles=kube-admin',
  '--reason=measuring',
  '--max-duration=60m',
];

/** Compares each action on a demo cluster with the tsh calls that it makes. */
export async function actions(): Promise<readonly Figure[]> {
  const folder = await freshFolder();
  try {
    const demo = await createDemoCluster(folder);
    const [alice, rita] = [await setUpPerson(folder, demo, 'alice'), await setUpPerson(folder, demo, 'rita')];
    const alices = servicesFor(demo, 'alice', alice.env, join(folder, 'storage-a'));
    const ritas = servicesFor(demo, 'rita', rita.env, join(folder, 'storage-r'));
    const [home, aliceTsh] = [demo.homes['alice']!, bareTsh(demo, alice.env, demo.homes['alice']!)];
    const ritaTsh = bareTsh(demo, rita.env, demo.homes['rita']!);
    const create = async () => requestIdIn(await aliceTsh(...createArguments, '--nowait'));
    const show = (tsh: typeof aliceTsh, id: string): Promise<string> =>
      tsh('request', 'show', '--format=json', '--', id);
    const pending = await Promise.all(Array.from({ length: 2 * (rounds + 1) }, create));
    const approved = await create();
    await ritaTsh('request', 'review', '--approve', '--', approved);

    const figures: Figure[] = [];
    figures.push(
      await ratio(
        'list',
        'request ls',
        () => alices.tsh.list(alices.mainLogin),
        () => aliceTsh('request', 'ls', '--format=json'),
      ),
      await ratio(
        'show',
        'request show',
        () => alices.tsh.show(alices.mainLogin, approved),
        () => show(aliceTsh, approved),
      ),
      await ratio(
        'create and read',
        'create, show',
        async () => alices.tsh.show(alices.mainLogin, await alices.tsh.create(alices.mainLogin, draft)),
        async () => show(aliceTsh, await create()),
      ),
      await ratio(
        'review with re-reads',
        'show, show, review, show',
        async () => {
          const id = pending.pop()!;
          for (let read = 0; read < 2; read++) await ritas.tsh.show(ritas.mainLogin, id);
          await ritas.tsh.review(ritas.mainLogin, id, 'approve', '');
          await ritas.tsh.show(ritas.mainLogin, id);
        },
        async () => {
          const id = pending.pop()!;
          for (let read = 0; read < 2; read++) await show(ritaTsh, id);
          await ritaTsh('request', 'review', '--approve', '--', id);
          await show(ritaTsh, id);
        },
      ),
    );

    const request = await alices.tsh.show(alices.mainLogin, approved);
    const login = await alices.tsh.status(alices.mainLogin);
    if (login.kind !== 'signedIn') throw new Error('alice is not signed in');
    let copies = 0;
    const copyPath = (): string => join(folder, `copy-${copies}`);
    const dropActions: (() => Promise<unknown>)[] = [];
    const assume = await ratio(
      'assume in a private home',
      'copy, status, login --request-id, status',
      async () => {
        const elevation = await alices.elevations.assumePrivately(request, login.profile);
        dropActions.push(() => alices.drops.drop(elevation));
      },
      async () => {
        copies += 1;
        await mkdir(copyPath(), { mode: 0o700 });
        await cp(home, copyPath(), { recursive: true });
        const tsh = bareTsh(demo, alice.env, copyPath());
        await tsh('status', '--format=json');
        await tsh('login', `--request-id=${approved}`);
        await tsh('status', '--format=json');
      },
    );
    const drop = await ratio(
      'give back',
      'request drop, status, remove',
      async () => dropActions.pop()!(),
      async () => {
        const tsh = bareTsh(demo, alice.env, copyPath());
        await tsh('request', 'drop');
        await tsh('status', '--format=json');
        await rm(copyPath(), { recursive: true });
        copies -= 1;
      },
    );
    return [...figures, assume, drop];
  } finally {
    await removeFolder(folder);
  }
}
