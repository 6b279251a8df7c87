import assert from 'node:assert/strict';
import { doctorPage } from '../../../../src/views/pages/doctorPage.ts';
import { now } from '../../../support/samples.ts';

describe("the Doctor's page", () => {
  it('says how to run the Doctor, then leaves out what is still read, and the section of it', () => {
    assert.match(doctorPage(undefined, now), /Run Doctor/);
    const facts = [{ name: 'tsh', lines: () => ['17.0.0', 'on PATH'], unknown: false }];
    const sections = [
      { title: 'Programs', facts },
      { title: 'Login', facts: [] },
    ];
    assert.equal(
      doctorPage({ at: now, done: false, sections }, now),
      [
        'Looking… what is not known yet is left out',
        '',
        'Programs',
        'tsh:            17.0.0',
        '                on PATH',
        '',
        'Seen Nov 22, 2026, 03:00:00 UTC. Lines that begin with │ come from this machine or the cluster.',
        '',
      ].join('\n'),
    );
  });
});
