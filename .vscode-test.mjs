// For the command vscode-test and the editor's test explorer; `npm test host` builds and runs the same suites.
import { defineConfig } from '@vscode/test-cli';

export default defineConfig({
  files: 'dist-test/*.test.cjs',
  extensionDevelopmentPath: '.',
  version: '1.139.1',
  mocha: { ui: 'bdd', timeout: 240_000 },
});
