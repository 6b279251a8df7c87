const head = 'kind: role\nversion: v7\nmetadata: {name: x}\nspec:\n  allow:\n';
const bytes = 512_000;

/** A manifest with as many lines as its limits allow. */
const lines = (line: (n: number) => string, count: number, top = head): string =>
  top + Array.from({ length: count }, (_, n) => line(n)).join('');

/** Manifests that are made to keep a reader busy, at the limits of what is read and far above them. */
export const hostileManifests: Readonly<Record<string, string>> = {
  'keys one letter off': lines(() => '    logns: 1\n', 1_900),
  'keys one letter off, far too many': lines(() => '    logns: 1\n', 39_000),
  'long keys near a known one': lines((n) => `    windows_desktop_labels_expressio${String(n)}: 1\n`, 1_900),
  'near keys, all different': lines((n) => `    login${n.toString(36)}: 1\n`, 1_900),
  'one key again and again': lines(() => '    logins: a\n', 1_900),
  'numbers of YAML 1.1': lines(() => '     - 0x1f:2e3_4\n', 1_250, `${head}    logins:\n`),
  'one long number': `${head}    logins: ${'1_'.repeat(bytes / 2 - 100)}`,
  'many documents': lines(
    (n) =>
      `---\nkind: role\nversion: v7\nmetadata: {name: x${String(n)}}\nspec: {allow: {request: {roles: [y${String(n)}, z${String(n)}, 'a*${String(n)}']}}}\n`,
    100,
    '',
  ),
  'patterns that backtrack, for every name': lines(
    (n) =>
      `---\nkind: role\nversion: v7\nmetadata: {name: ${'a'.repeat(180)}${String(n)}}\nspec: {allow: {request: {roles: ["^.+a.+a.+${String(n)}b$", "^(a+)+${String(n)}$"]}}}\n`,
    80,
    '',
  ),
  'expressions that are large once compiled': `${head}    request: {roles: [${Array.from({ length: 90 }, (_, n) => `'^${'\\pL{999}'.repeat(20)}${String(n)}$'`).join(', ')}]}\n---\n${head.replace('name: x', 'name: y')}    logins: [a]\n`,
  'very many expressions': lines(
    (n) =>
      `---\nkind: role\nversion: v7\nmetadata: {name: ${'a'.repeat(180)}${String(n)}}\nspec: {allow: {request: {roles: [${Array.from({ length: 12 }, (_, k) => `"^${'(a?)+'.repeat(36)}${String(n)}x${String(k)}$"`).join(', ')}]}}}\n`,
    45,
    '',
  ),
  'far too many documents': lines(() => '---\nkind: role\n', 30_000, ''),
  'requested roles that are not there': `${head}    request: {roles: [${Array.from({ length: 3_900 }, (_, n) => `r${String(n)}`).join(', ')}]}\n`,
  labels: lines((n) => `      k${String(n)}: v\n`, 1_900, `${head}    node_labels:\n`),
  'rules of everything': lines(
    () => '     - {resources: ["*"], verbs: ["*"]}\n',
    300,
    `${head}    request: {roles: [x]}\n    rules:\n`,
  ),
  anchors: lines((n) => `    l${String(n)}: &a${String(n)} x\n`, 1_250),
  aliases: lines((n) => `    l${String(n)}: *a\n`, 1_250),
  tabs: `${head}${'\t'.repeat(bytes - 100)}x`,
  'tabs between': `${head}    logins: [a${'\t,\ta'.repeat(1_900)}]\n`,
  'brackets in brackets': `${head}    logins: ${'['.repeat(190)}${']'.repeat(190)}`,
  'maps in maps': head + Array.from({ length: 900 }, (_, n) => `${' '.repeat(4 + n)}a:\n`).join(''),
  'dashes in dashes': `${head}    logins: ${'- '.repeat(1_900)}x`,
  'maps on one line': `${head}    logins: {${'a: b: '.repeat(80_000)}}`,
  'colons and spaces': `${head}    logins: ${'a : '.repeat(120_000)}`,
  'a huge text': `${head}    logins: [${'x'.repeat(bytes - 200)}]`,
  'a huge quoted text': `${head}    logins: ["${'x\\u0041'.repeat(70_000)}"]`,
  'a huge text that nothing ends': `${head}    logins: "${'\\"x'.repeat(1_250)}`,
  'words on many lines': `${head}    logins: ${'word\n      '.repeat(3_900)}`,
  'a long comment': `${head}#${' x'.repeat(bytes / 2 - 100)}`,
  'a long run of spaces': `${head}    logins: [a${' '.repeat(bytes - 200)}b]`,
  accents: `${head}    logins: ["${'e\u0301'.repeat(bytes / 2 - 100)}"]`,
  'carriage returns': `${head}#${'\r'.repeat(bytes - 200)}`,
  NULs: head + '\0'.repeat(bytes - 200),
};
