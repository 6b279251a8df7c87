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
 * For each layer the folders in it, each with the sister folders it may import. '.' are the files of the layer that
 * are in no folder.
 */
export const folders = {
  access: { text: [], '.': ['text'] },
  teleport: {
    process: [],
    lock: ['process'],
    output: ['process'],
    home: ['process', 'lock'],
    commands: ['process', 'lock', 'home', 'output'],
    shell: ['process', 'lock', 'home'],
  },
  state: {
    '.': [],
    memory: ['.'],
    elevation: ['.', 'memory'],
    refresh: ['.', 'memory', 'elevation'],
    windows: ['.', 'memory', 'elevation', 'refresh'],
  },
  roles: {
    role: [],
    manifest: ['role'],
    setup: ['role', 'manifest'],
    checks: ['role', 'manifest', 'setup'],
    apply: ['role', 'manifest', 'setup'],
  },
  privileges: { census: [], powers: ['census'], report: ['census', 'powers'] },
  text: { '.': [], roles: ['.'], privileges: ['.', 'roles'] },
  editor: { '.': [], documents: ['.'], terminals: ['.'] },
  views: { rows: [], pages: ['rows'], '.': ['rows', 'pages'] },
  commands: {
    shared: [],
    doctor: ['shared'],
    login: ['shared', 'doctor'],
    request: ['shared', 'doctor', 'login'],
    elevate: ['shared', 'doctor', 'login', 'request'],
    account: ['shared', 'doctor', 'login', 'request', 'elevate'],
    review: ['shared', 'doctor', 'login'],
    manifests: ['shared', 'doctor', 'login'],
    setUpRoles: ['shared', 'doctor', 'login', 'manifests'],
    applyRoles: ['shared', 'doctor', 'login', 'manifests'],
    privileges: ['shared', 'doctor', 'login', 'manifests'],
    // The table of handlers.
    '.': ['shared', 'doctor', 'login', 'request', 'elevate', 'account', 'review', 'manifests', 'setUpRoles', 'applyRoles', 'privileges'],
  },
  demo: {},
};

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
    forbid('demo', { path: '^demo/' }, { path: '^src/', pathNot: '^src/state/clock\\.ts$' }, 'The demo cluster imports nothing of the extension but the clock.'),
    forbid('not demo', { path: '^src/' }, { path: '^(demo|test|scripts)/' }, 'The extension imports nothing of the demo cluster, tests or scripts.'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
