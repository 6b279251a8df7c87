// Runs scripts/<name>.ts. This file is plain JavaScript, so that an old Node prints the message below instead
// of a syntax error. The npm package `node` (a devDependency) puts Node 24 on the PATH of every npm script.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `This project's scripts need Node 24, and this is ${process.version}.\n` +
      'Run them through npm (npm test, npm start) after a plain `npm ci`, without --ignore-scripts.',
  );
  process.exit(1);
}
const [name, ...args] = process.argv.slice(2);
if (!name || !/^[a-z0-9]+$/.test(name)) throw new Error('usage: node scripts/run.mjs <script> [arguments]');
const { main } = await import(new URL(`./${name}.ts`, import.meta.url).href);
process.exitCode = (await main(args)) ?? 0;
