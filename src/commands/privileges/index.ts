/* The commands about standing privileges. They are one bundle, which loads when the first of them is used. */
export { acceptFinding } from './acceptFinding.ts';
export { checkPrivileges } from './checkPrivileges.ts';
export { openFinding } from './openFinding.ts';
export { saveReport } from './saveReport.ts';
