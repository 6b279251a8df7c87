import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  parseArguments,
  UsageError,
  type FlagSpec,
  type Grammar,
} from '../../../../demo/cli/kingpinParser.ts';

const globals: FlagSpec[] = [{ name: 'debug', short: 'd', kind: 'boolean', help: '' }];
const show: Grammar = {
  words: ['request', 'show'],
  aliases: ['details'],
  help: '',
  flags: [
    { name: 'format', short: 'f', help: '', oneOf: ['text', 'json'] },
    { name: 'reason', help: '' },
    { name: 'ttl', kind: 'duration', help: '' },
  ],
  args: [{ name: 'request-id', help: '', required: true }],
};
const drop: Grammar = { words: ['request', 'drop'], help: '', args: [{ name: 'id', help: '', many: true }] };

const parse = (...argv: string[]): ReturnType<typeof parseArguments<Grammar>> =>
  parseArguments(argv, globals, [show, drop]);
const assertRefused = (message: string, whileReading: boolean, ...argv: string[]): void =>
  assert.throws(
    () => parse(...argv),
    (error) =>
      error instanceof UsageError &&
      error.message === message &&
      error.commandLineIncomplete === whileReading,
  );

describe('demo: arguments as kingpin reads them', () => {
  it('takes a value behind =, as the next word, or glued to a short flag', () => {
    for (const words of [['--format=json'], ['--format', 'json'], ['-f', 'json'], ['-fjson'], ['-dfjson']]) {
      assert.equal(parse('request', 'show', ...words, 'id').parsed.text('format'), 'json');
    }
  });

  it('knows aliases of the group and of the command, and flags before the words', () => {
    assert.equal(parse('-d', 'requests', 'details', 'id').command, show);
  });

  it('takes what follows -- as it is', () => {
    assert.deepEqual(parse('request', 'show', '--', '-x').parsed.args, ['-x']);
  });

  it('takes the last of a repeated flag, and --no- as false', () => {
    const { parsed } = parse('request', 'show', '--reason=a', '--reason=b', '--debug', '--no-debug', 'id');
    assert.equal(parsed.text('reason'), 'b');
    assert.equal(parsed.isSet('debug'), false);
  });

  it('puts the lines of a file in the place of a word @file, but not behind =', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arguments-'));
    try {
      const file = join(folder, 'ids');
      await writeFile(file, 'one\n# not this\ntwo\n');
      assert.deepEqual(parse('request', 'drop', `@${file}`).parsed.args, ['one', 'two']);
      assert.equal(parse('request', 'show', `--reason=@${file}`, 'id').parsed.text('reason'), `@${file}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('refuses with its own words, while reading or when checking', () => {
    assertRefused("unknown long flag '--nope'", true, 'request', 'show', '--nope', 'id');
    assertRefused("unknown short flag '-x'", true, 'request', 'show', '-x');
    assertRefused("expected argument for flag '--reason'", true, 'request', 'show', '--reason', '-d', 'id');
    assertRefused('expected command but got "cancel"', true, 'request', 'cancel');
    assertRefused(
      'open /no/file: no such file or directory',
      true,
      'request',
      'show',
      '--reason',
      '@/no/file',
    );
    assertRefused('unexpected more', true, 'request', 'show', 'id', 'more');
    assertRefused("must select a subcommand of 'request'", false, 'request');
    assertRefused("required argument 'request-id' not provided", false, 'request', 'show');
    assertRefused(
      "enum value must be one of text,json, got 'xml'",
      false,
      'request',
      'show',
      '-f',
      'xml',
      'id',
    );
    assertRefused('time: missing unit in duration "30"', false, 'request', 'show', '--ttl=30', 'id');
  });
});
