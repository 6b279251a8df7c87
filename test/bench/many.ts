import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../../scripts/build.ts';
import { untrusted } from '../../src/access/untrusted/untrusted.ts';
import { Store } from '../../src/state/store.ts';
import { readList } from '../../src/teleport/output/requestSchema.ts';
import { readStatus } from '../../src/teleport/output/loginSchema.ts';
import { myAccess } from '../../src/views/rows/myAccess.ts';
import { toReview } from '../../src/views/rows/toReview.ts';
import { type Figure, median, timed } from '../support/bench/figure.ts';
import { stubVSCode } from '../support/bench/vscode.ts';

const now = Date.parse('2026-11-22T13:50:00Z');

async function recorded(name: string): Promise<string> {
  const file = join(root, 'test', 'fixtures', 'real-teleport', `${name}.json`);
  return (JSON.parse(await readFile(file, 'utf8')) as { stdout: string }).stdout;
}

/**
 * Returns the output of `tsh request ls` with `count` requests of fifty people. A tenth are the reviewer's
 * own.
 */
async function listOf(count: number): Promise<string> {
  const pattern = (await recorded('ent-ls-pending')).trim().slice(1, -1);
  const requests = Array.from({ length: count }, (_, n) =>
    pattern
      .replaceAll(
        '01a20383-2e62-7614-88ee-43a05f7b60d1',
        `01a20383-0000-7000-8000-${String(n).padStart(12, '0')}`,
      )
      .replace('"alice"', n % 10 === 0 ? '"rita"' : `"person-${n % 50}"`),
  );
  return `[${requests.join(',')}]`;
}

/**
 * Measures a list from its text to the rows that VS Code draws at first, and the change of a single request.
 */
async function measure(count: number): Promise<{ first: number; change: number; redrawn: number }> {
  const { Tree } = await import('../../src/views/treeView.ts');
  const text = await listOf(count);
  const profile = { ...readStatus(await recorded('ent-status-base'))!, user: untrusted('rita') };
  const store = new Store();
  store.update({ login: { kind: 'signedIn', profile } });
  const trees = [new Tree('mine'), new Tree('reviews')];
  const draw = (): void => {
    trees[0]?.show(myAccess(store.snapshot, now));
    trees[1]?.show(toReview(store.snapshot, now).rows);
  };
  let redrawn = 0;
  const first = await timed(() => {
    store.applyList(readList(text).requests, now, now);
    draw();
    for (const tree of trees) for (const row of tree.getChildren()) tree.getTreeItem(row);
  });
  for (const tree of trees)
    tree.onDidChangeTreeData((row) => {
      redrawn += row ? 1 : Infinity;
    });
  const changed = store.snapshot.requests!.find(({ user }) => user !== profile.user)!;
  const change = await timed(() => {
    store.applyRequest({ ...changed, reason: untrusted('another reason'), revision: 'r2' }, now);
    draw();
  });
  return { first, change, redrawn };
}

/** Measures long lists: 1,000 requests are many, 10,000 are a stress test. */
export async function many(): Promise<readonly Figure[]> {
  stubVSCode();
  await measure(100);
  const figures: Figure[] = [];
  for (const count of [1_000, 10_000]) {
    const runs = [await measure(count), await measure(count), await measure(count)];
    const medianOf = (part: 'first' | 'change' | 'redrawn'): number => median(runs.map((run) => run[part]));
    const name = `${count.toLocaleString('en')} requests`;
    const targets = count === 10_000 ? [{ target: 150 }, { target: 5 }] : [];
    figures.push(
      { name: `${name}: parse, store, first rows`, value: medianOf('first'), unit: 'ms', ...targets[0] },
      { name: `${name}: one changes`, value: medianOf('change'), unit: 'ms', ...targets[1] },
      { name: `${name}: rows drawn again then`, value: medianOf('redrawn'), unit: '', target: 1 },
    );
  }
  return figures;
}
