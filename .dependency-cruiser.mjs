// Which code may import which: the matrix between layers, the arrows between the folders of a layer, no circles.
// ARCHITECTURE.md shows the same table; test/unit/architecture.test.ts compares the two.

/** For each layer of src (and for demo) the layers it may import. Type imports count. */
export const layers = {
  access: [],
  editor: ['access'],
  teleport: ['access'],
  state: ['access', 'teleport'],
  roles: ['access', 'teleport', 'state'],
  privileges: ['access', 'teleport', 'state', 'roles'],
  text: ['access', 'teleport', 'state', 'roles', 'privileges'],
  views: ['access', 'state', 'text', 'editor'],
  commands: ['access', 'editor', 'teleport', 'state', 'roles', 'privileges', 'text'],
  background: ['access', 'editor', 'teleport', 'state', 'roles', 'privileges', 'text', 'commands'],
};

/**
 * The arrows between the folders of a layer: what stands left may be imported by what stands right of it. '.' are the
 * files of the layer that lie in no folder.
 */
export const arrows = [
  'access: untrusted ← .',
  'editor: . ← documents, terminals',
  'teleport: environment ← process ← lock ← home ← commands, shell',
  'teleport: process ← output ← commands',
  'state: . ← memory ← elevation ← refresh ← windows',
  'roles: role ← manifest ← setup ← checks, apply',
  'privileges: census ← powers ← report',
  'text: . ← roles ← privileges',
  'views: rows ← pages ← .',
  'commands: shared ← doctor ← login ← request ← elevate ← account ← .',
  'commands: login ← review ← .',
  'commands: login ← manifests ← setUpRoles, applyRoles, privileges ← .',
];

/** For each layer its folders, each with all the sister folders it may import: the arrows, followed to their ends. */
export const folders = {};
for (const arrow of arrows) {
  const [layer, chain] = arrow.split(': ');
  const steps = chain.split(' ← ').map((step) => step.split(', '));
  const known = (folders[layer] ??= {});
  steps.forEach((names, index) => {
    for (const name of names) {
      const below = index === 0 ? [] : steps[index - 1].flatMap((folder) => [folder, ...known[folder]]);
      known[name] = [...new Set([...(known[name] ?? []), ...below])];
    }
  });
}

const anyOf = (names) => names.join('|');

const forbid = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

const layerRules = Object.entries(layers).map(([layer, allowed]) =>
  forbid(
    `layer ${layer}`,
    { path: `^src/${layer}/` },
    { path: '^(src|demo)/', pathNot: `^src/(${anyOf([layer, ...allowed])})/` },
    `${layer} may import ${allowed.join(', ') || 'nothing'}`,
  ),
);

/** Files of a folder, or files of the layer that are in no folder. */
const inside = (layer, folder) => (folder === '.' ? `^src/${layer}/[^/]+$` : `^src/${layer}/${folder}/`);

const folderRules = Object.entries(folders).flatMap(([layer, arrows]) =>
  Object.entries(arrows).map(([folder, allowed]) =>
    forbid(
      `folder ${layer}/${folder}`,
      { path: inside(layer, folder) },
      { path: `^src/${layer}/`, pathNot: anyOf([folder, ...allowed].map((name) => inside(layer, name))) },
      `${layer}/${folder} may import ${allowed.join(', ') || 'no other folder'} of its layer`,
    ),
  ),
);

export default {
  forbidden: [
    forbid('no circle', {}, { circular: true }, 'An import leads back to where it began.'),
    ...layerRules,
    ...folderRules,
    forbid(
      'demo',
      { path: '^demo/' },
      { path: '^src/', pathNot: '^src/state/clock\\.ts$' },
      'The demo cluster imports nothing of the extension but the clock.',
    ),
    forbid(
      'not demo',
      { path: '^src/' },
      { path: '^(demo|test|scripts)/' },
      'The extension imports nothing of the demo cluster, tests or scripts.',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
