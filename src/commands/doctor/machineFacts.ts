import * as l10n from '@vscode/l10n';
import { forPage } from '../../access/untrusted/sinks.ts';
import { untrusted } from '../../access/untrusted/untrusted.ts';
import { actsAsService } from '../../teleport/commands/authServiceConfig.ts';
import { runtimeFolder } from '../../teleport/process/ownFolder.ts';
import { foldersInWorkspace } from '../../teleport/environment/temporaryFolders.ts';
import { relativeSettingWords } from '../../text/surroundings.ts';
import { fact, type DoctorEntry } from './diagnose.ts';
import { aliasFiles, findKubectl, folderFacts, strayVariables } from './readMachine.ts';
import type { DoctorParts } from './services.ts';

/** The facts about what could change what tsh does. */
export const surroundings = ({
  env,
  mainLogin,
  workspace,
  relativeSettings,
  typingSetting,
}: DoctorParts): readonly DoctorEntry[] => [
  fact({
    name: l10n.t('Variables'),
    read: () => strayVariables(env, mainLogin.folder),
    line: (names) =>
      names.length === 0
        ? l10n.t('none that would change what tsh does')
        : [
            ...names.flatMap(forPage),
            l10n.t('set for VS Code and not passed on; tsh in your own terminal may heed them'),
          ],
  }),
  fact({
    name: l10n.t('Aliases'),
    read: () => aliasFiles(env, mainLogin.folder),
    line: (files) =>
      files.length === 0
        ? l10n.t('no configuration of tsh that could hold any')
        : files.flatMap(({ path, aliases }) => [
            ...forPage(path),
            aliases ? l10n.t('has aliases; kept from working in our calls') : l10n.t('has no aliases'),
          ]),
  }),
  fact({
    name: l10n.t('Service'),
    read: () => actsAsService(),
    line: (isService) =>
      isService
        ? l10n.t("an auth service's configuration is here, so tctl is refused")
        : l10n.t("no auth service's configuration that tctl would use"),
  }),
  fact({
    name: 'ssh-agent',
    read: () => (env['SSH_AUTH_SOCK'] ?? '') !== '',
    line: (isThere) => (isThere ? l10n.t('present, left untouched') : l10n.t('none')),
  }),
  fact({
    name: 'kubectl',
    read: () => findKubectl(env, workspace()),
    line: ({ path }) => (path ? forPage(path) : l10n.t('not found on PATH')),
    problem: ({ isOfWorkspace }) =>
      isOfWorkspace && l10n.t('kubectl on PATH is a link to a program of the workspace.'),
    advice: () => l10n.t('Remove that link, or do not use kubectl in elevated terminals of this window.'),
  }),
  fact({
    name: l10n.t('Settings'),
    read: relativeSettings,
    line: (titles) =>
      titles.length === 0
        ? l10n.t('paths are full paths')
        : titles.map((title) => l10n.t('"{0}" is not a full path, so it is not used', title)),
    problem: ([title]) => title !== undefined && relativeSettingWords(title),
    advice: () => l10n.t('Run the command "JIT Access: Open Settings".'),
  }),
  fact({
    name: l10n.t('Typed text'),
    read: () => ({ name: typingSetting() }),
    line: ({ name }) =>
      name === undefined
        ? l10n.t('no Python extension types into terminals')
        : l10n.t('by "{0}" the Python extension types a command into terminals', name),
    problem: ({ name }) =>
      name !== undefined &&
      l10n.t('After a reload of the window the Python extension may type a command into elevated terminals.'),
    advice: ({ name }) =>
      l10n.t('It would run a file of the workspace with your access. Switch "{0}" off.', name ?? ''),
  }),
];

type FolderFacts = Awaited<ReturnType<typeof folderFacts>>;

/** @param missingWords the line for a folder that does not exist */
function folderLines({ path, exists, isOpen, mode }: FolderFacts, missingWords: string): readonly string[] {
  const state = isOpen ? l10n.t('not yours alone (mode {0})', mode) : l10n.t('yours alone (mode {0})', mode);
  return [...forPage(path), exists ? state : missingWords];
}

/** The facts about the folders that hold keys. */
export function folders({
  env,
  mainLogin,
  refusedLogin,
  inherited,
  workspace,
}: DoctorParts): readonly DoctorEntry[] {
  let home: Promise<FolderFacts> | undefined;
  const readHome = (): Promise<FolderFacts> => (home ??= folderFacts(mainLogin.folder, true));
  return [
    fact({
      name: l10n.t('Elevated'),
      read: () => refusedLogin,
      line: (path) => [...forPage(untrusted(path)), l10n.t('not used as the main login')],
      problem: () =>
        l10n.t('TELEPORT_HOME or the settings name the private home of an elevated terminal as your login.'),
      advice: () =>
        l10n.t(
          'Your main login is used in its place. Open VS Code from another terminal, so that no other program in it uses that access.',
        ),
    }),
    fact({
      name: l10n.t('Profile folder'),
      read: readHome,
      line: (facts) => folderLines(facts, l10n.t('not there yet')),
      problem: ({ isOpen, mode }) =>
        isOpen && l10n.t('Others may enter your profile folder, or it is not yours (mode {0}).', mode),
      advice: () => l10n.t('Make it yours alone: mode 700. Your keys lie in it.'),
    }),
    fact({
      name: l10n.t('Links in it'),
      // The entry above says why the folder could not be read.
      read: () =>
        readHome()
          .then(({ links }) => links)
          .catch(() => undefined),
      line: (links) => links.slice(0, 20).flatMap(forPage),
      problem: (links) => links.length > 0 && l10n.t('There are links in your profile folder.'),
      advice: () =>
        l10n.t(
          'Where they lie among the keys no elevated terminal opens, because a link would elevate the login it leads to.',
        ),
    }),
    fact({
      name: l10n.t('Temporary'),
      read: () => foldersInWorkspace(inherited, workspace()),
      line: (names) =>
        names.length === 0
          ? l10n.t('not in the workspace')
          : [...names.map(untrusted).flatMap(forPage), l10n.t('not used; another folder takes its place')],
      problem: (names) =>
        names.length > 0 &&
        l10n.t('A folder for temporary files lies in the workspace, or has no full path.'),
      advice: () =>
        l10n.t('No private copy of your login lies there. Start VS Code from a shell that does not set it.'),
    }),
    fact({
      name: l10n.t('Private copies'),
      read: () => folderFacts(runtimeFolder(env), false),
      line: (facts) => folderLines(facts, l10n.t('not there; made when it is needed')),
      problem: ({ isOpen, mode }) =>
        isOpen && l10n.t('The folder for private copies of your login is not yours alone (mode {0}).', mode),
      advice: () => l10n.t('Look who made it, then remove it; until then no elevated terminal opens.'),
    }),
  ];
}

/** The facts about VS Code. */
export const editor = ({ code, extensionVersion }: DoctorParts): readonly DoctorEntry[] => [
  fact({ name: 'VS Code', read: () => code.version, line: String }),
  fact({ name: 'JIT Access', read: () => extensionVersion, line: String }),
  fact({ name: l10n.t('System'), read: () => `${process.platform} ${process.arch}`, line: String }),
  fact({
    name: l10n.t('Remote'),
    // The kind of remote, such as `ssh-remote`.
    read: () => ({ kind: code.env.remoteName }),
    line: ({ kind }) =>
      kind === undefined ? l10n.t('no: tsh runs on this machine') : forPage(untrusted(kind)),
  }),
  fact({
    name: l10n.t('Window'),
    read: () => (code.env.uiKind === code.UIKind.Web ? l10n.t('in a browser') : undefined),
    line: String,
  }),
  fact({
    name: l10n.t('Trust'),
    read: () => code.workspace.isTrusted,
    line: (isTrusted) => (isTrusted ? l10n.t('workspace trusted') : l10n.t('Restricted Mode')),
    problem: (isTrusted) =>
      !isTrusted &&
      l10n.t('This window is in Restricted Mode: VS Code opens no terminals, so access cannot be used.'),
    advice: () => l10n.t('Run "Workspaces: Manage Workspace Trust" if you trust this folder.'),
  }),
];
