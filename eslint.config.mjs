// Type-aware lint; the layer rules of ARCHITECTURE.md are lint rules here.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Imports a layer may not make: `names` are packages, `layers` are folders of src. */
const forbid = (files, { names = [], layers = [], node = false, inert = false }) => ({
  files,
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: names.map((name) => ({ name, message: 'Not in this layer; see ARCHITECTURE.md.' })),
        patterns: [
          ...(layers.length
            ? [
                {
                  regex: `^(\\.\\./)+(${layers.join('|')})/`,
                  message: 'Flow goes one way; see ARCHITECTURE.md.',
                },
              ]
            : []),
          ...(inert
            ? [
                {
                  group: ['**/access/text.ts'],
                  importNames: ['bare'],
                  message: 'Foreign text reaches a person only through a sink of access/inert.ts.',
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
  { selector: "Identifier[name='getConfiguration']", message: 'Settings are read in editor/settings.ts.' },
  {
    selector: "Literal[value='setContext']",
    message: 'Context keys are set in editor/contextKeys.ts.',
  },
  {
    selector: "MemberExpression[property.name='registerCommand']",
    message: 'Commands are registered in commands/index.ts.',
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
  { files: ['src/**/*.ts'], rules: { 'no-restricted-syntax': ['error', ...clockRules, ...editorRules] } },
  { files: ['src/state/clock.ts'], rules: { 'no-restricted-syntax': ['error', ...editorRules] } },
  {
    files: ['src/editor/settings.ts', 'src/editor/contextKeys.ts', 'src/commands/index.ts'],
    rules: { 'no-restricted-syntax': ['error', ...clockRules] },
  },
  { files: ['src/**/*.ts'], ...forbid(['src/**/*.ts'], { names: ['execa'] }) },
  forbid(['src/access/**/*.ts'], {
    names: ['vscode', 'execa', 'valibot'],
    layers: ['teleport', 'state', 'roles', 'commands', 'views', 'editor', 'agent', 'demo'],
    node: true,
  }),
  forbid(['src/teleport/**/*.ts'], {
    names: ['vscode', 'execa'],
    layers: ['state', 'roles', 'commands', 'views', 'editor', 'agent', 'demo'],
  }),
  forbid(['src/teleport/process.ts'], {
    names: ['vscode'],
    layers: ['state', 'roles', 'commands', 'views', 'editor', 'agent', 'demo'],
  }),
  forbid(['src/state/**/*.ts', 'src/roles/**/*.ts'], {
    names: ['vscode', 'execa'],
    layers: ['commands', 'views', 'editor', 'agent', 'demo'],
  }),
  forbid(['src/demo/**/*.ts'], {
    names: ['vscode', 'execa'],
    layers: ['teleport', 'roles', 'commands', 'views', 'editor', 'agent'],
  }),
  forbid(['src/views/**/*.ts'], {
    inert: true,
    names: ['execa'],
    layers: ['commands', 'teleport', 'demo', 'roles'],
  }),
  forbid(['src/commands/**/*.ts'], { inert: true, names: ['execa'], layers: ['views', 'demo'] }),
  forbid(['src/editor/**/*.ts'], {
    inert: true,
    names: ['execa'],
    layers: ['teleport', 'state', 'commands', 'views', 'demo', 'roles', 'agent'],
  }),
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
