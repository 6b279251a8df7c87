/** Settings that keep a window under test still: nothing asks, nothing is fetched, nothing hides the view. */
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
  // Rows of text in the page instead of a canvas: a test can read them.
  'terminal.integrated.gpuAcceleration': 'off',
};
