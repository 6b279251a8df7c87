// Type-aware lint rules. .dependency-cruiser.mjs holds the rules between folders; this file restricts packages
// and single names only.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * Forbids importing these packages, Node's own modules (`node`), or the raw text inside `Untrusted`
 * (`rawText`).
 */
const forbid = (files, { packages = [], node = false, rawText = false }) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: packages.map((name) => ({ name, message: 'Not in this layer; see ARCHITECTURE.md.' })),
        patterns: [
          ...(rawText
            ? [
                {
                  group: ['**/untrusted/untrusted.ts'],
                  importNames: ['rawText'],
                  message: 'Untrusted text reaches a user only through a sink of access/untrusted/sinks.ts.',
                },
              ]
            : []),
          ...(node ? [{ group: ['node:*'], message: 'This layer is pure.' }] : []),
        ],
      },
    ],
  },
});

const clockRules = [
  {
    selector: "MemberExpression[object.name='Date'][property.name='now']",
    message: 'Time is a parameter; only state/clock.ts reads it.',
  },
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Time is a parameter; only state/clock.ts reads it.',
  },
];
const editorRules = [
  {
    selector: "Identifier[name='getConfiguration']",
    message:
      'Settings are read in editor/settings.ts, those of terminals in editor/terminals/terminalSettings.ts.',
  },
  {
    selector: "Literal[value='setContext']",
    message: 'Context keys are set in editor/contextKeys.ts.',
  },
  {
    selector: "MemberExpression[property.name='registerCommand']",
    message: 'Commands are registered in commands/shared/commandIds.ts.',
  },
];

const identityRules = [
  {
    selector: "MemberExpression[object.name='process'][property.name='kill']",
    message: 'A number is no process. Signals are sent by signalProcesses in teleport/process/processId.ts.',
  },
  {
    selector: "ImportSpecifier[imported.name='hostname']",
    message: 'A host name is no identity. See teleport/process/processSpace.ts.',
  },
];

export default tseslint.config(
  { ignores: ['dist/', 'dist-test/', '.vscode-test/', 'test-results/', 'test/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-invalid-void-type': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clockRules, ...editorRules, ...identityRules] },
  },
  { files: ['demo/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...clockRules, ...editorRules] } },
  {
    files: ['src/state/clock.ts'],
    rules: { 'no-restricted-syntax': ['error', ...editorRules, ...identityRules] },
  },
  // The two files that send signals, and that read the name of the machine as a label.
  {
    files: ['src/teleport/process/{signals,processSpace}.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clockRules, ...editorRules] },
  },
  {
    files: [
      'src/editor/settings.ts',
      'src/editor/terminals/terminalSettings.ts',
      'src/editor/contextKeys.ts',
      'src/commands/shared/commandIds.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', ...clockRules, ...identityRules] },
  },
  forbid(['src/access/**/*.ts'], { packages: ['vscode', 'execa', 'valibot'], node: true }),
  forbid(['src/{teleport,state,roles,privileges,text}/**/*.ts', 'demo/**/*.ts'], {
    packages: ['vscode', 'execa'],
  }),
  forbid(['src/{views,commands,background,editor}/**/*.ts'], { packages: ['execa'], rawText: true }),
  forbid(['src/*.ts'], { packages: ['execa'] }),
  // A program of its own, outside VS Code.
  forbid(['src/watchdog.ts'], { packages: ['vscode', 'execa'] }),
  // The one file that starts processes.
  forbid(['src/teleport/process/runProcess.ts'], { packages: ['vscode'] }),
  {
    files: ['scripts/*.mjs'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts', 'scripts/**/*.ts'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['describe', 'it'], package: 'mocha' }] },
      ],
    },
  },
);
