import { execa } from 'execa';
import assert from 'node:assert/strict';
import { root } from '../../scripts/build.ts';

interface Audit {
  readonly message?: string;
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> };
}

describe('npm audit', () => {
  it('finds nothing moderate or worse in what ships', async function () {
    const args = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];
    const { stdout } = await execa('npm', args, { cwd: root, reject: false, timeout: 50_000 });
    const { metadata, message } = JSON.parse(stdout || '{}') as Audit;
    if (!metadata) {
      console.log(`    The registry cannot be asked: ${message ?? 'no answer'}`);
      this.skip();
    }
    const { moderate, high, critical } = metadata.vulnerabilities;
    assert.deepEqual({ moderate, high, critical }, { moderate: 0, high: 0, critical: 0 });
  });
});
