import { registerHooks } from 'node:module';

// After this module is imported, every import of `vscode` in this process gets the stand-in. A test imports it
// first, and then the modules that need `vscode` with `await import`.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vscode'
      ? { url: new URL('standIn.ts', import.meta.url).href, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});
