/** VS Code settings for windows under test: no prompts, no downloads, and no panels that hide the view. */
export const quietSettings: Readonly<Record<string, unknown>> = {
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'workbench.startupEditor': 'none',
  'workbench.enableExperiments': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'workbench.reduceMotion': 'on',
  'git.enabled': false,
  'remote.autoForwardPorts': false,
  // The terminal then renders its rows as text in the page instead of a canvas, so that a test can read them.
  'terminal.integrated.gpuAcceleration': 'off',
};
