import assert from 'node:assert/strict';
import { privilegesCsv, privilegesJson } from '../../../../src/text/privileges/reportExport.ts';
import { verdictWords } from '../../../../src/text/privileges/verdict.ts';
import { now } from '../../../support/samples.ts';
import { analyseCensus, findingsOfKind, gap, user } from '../../../support/roles/censusSamples.ts';
import { hostileReports, judgement } from '../../../support/roles/reportSamples.ts';

describe('the report as data', () => {
  it('has a shape that other programs can rely on, and the first line of the text', async () => {
    const users = [user('alice', ['kube-admin']), user('eve', ['editor'])];
    const judgedReport = await judgement({ users, gaps: [gap('locks')] }, [{ id: '' }]);
    const read = JSON.parse(privilegesJson(judgedReport, now)) as Record<string, unknown>;
    const fields =
      'version kind verdict cluster readBy readAt counts standing findings accepted exceptions mayAsk mayApprove locks notRead notThere controls';
    assert.deepEqual(Object.keys(read), fields.split(' '));
    assert.deepEqual([read['version'], read['readAt']], [1, '2026-11-22T03:00:00.000Z']);
    assert.equal(read['verdict'], verdictWords(judgedReport, now));
    assert.deepEqual(read['standing'], { known: true, people: ['alice', 'eve'], others: [] });
    assert.deepEqual(read['notRead'], [
      { part: 'locks', why: 'notPermitted', lacks: ['list, read on locks'] },
    ]);
    const [finding] = read['findings'] as Record<string, unknown>[];
    const { means, fix, id, ...rest } = finding ?? {};
    assert.ok(means && fix && id);
    assert.deepEqual(rest, {
      ...{ grade: 'critical', kind: 'writes', role: 'editor' },
      ...{ field: 'spec.allow.rules[0]', values: ['role', 'user'] },
      ...{ holders: [{ kind: 'person', name: 'eve' }], conditional: false, locked: false },
    });
  });

  it('CSV has a row for each holder, with who answers for what is accepted', async () => {
    const users = [user('alice', ['kube-admin']), user('bob', ['kube-admin']), user('eve', ['editor'])];
    const [editorFinding] = findingsOfKind(await analyseCensus({ users }), 'writes');
    const rows = privilegesCsv(await judgement({ users }, [{ id: editorFinding?.id ?? '' }])).split('\r\n');
    assert.equal(rows.length, 5);
    assert.match(
      rows[1] ?? '',
      /^"Critical","standing Kubernetes admin","kube-admin","alice","alice → kube-admin → /,
    );
    assert.match(rows[3] ?? '', /"eve".*"rita","2026-12-31","sealed account"$/);
  });

  it('no cell of the CSV is a formula, a second cell or a second row', async () => {
    for (const [, judgedReport] of await hostileReports()) {
      const rows = privilegesCsv(judgedReport).split('\r\n');
      assert.equal(rows.pop(), '');
      assert.ok(rows.length > 5);
      for (const row of rows) {
        const cells = row.match(/"(?:[^"]|"")*"/g) ?? [];
        assert.equal(cells.join(','), row, 'every cell is quoted');
        assert.equal(cells.length, 11);
        for (const cell of cells) assert.doesNotMatch(cell, /^"\s*[=+\-@\t\r]/);
      }
      // eslint-disable-next-line no-control-regex -- the test looks for these characters
      assert.doesNotMatch(rows.join(''), /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
    }
  });

  it('the JSON says names as they came, with nothing in the file that hides or turns text', async () => {
    for (const [text, judgedReport] of await hostileReports()) {
      const json = privilegesJson(judgedReport, now);
      // eslint-disable-next-line no-control-regex -- the test looks for these characters
      assert.doesNotMatch(json, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028\u202a-\u202e]/);
      const read = JSON.parse(json) as { cluster: string; findings: { holders: { name: string }[] }[] };
      assert.equal(read.cluster, `${text}7`);
      assert.ok(read.findings.some(({ holders }) => holders.some(({ name }) => name === `${text}9`)));
    }
  });
});
