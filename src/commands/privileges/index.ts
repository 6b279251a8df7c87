/* What is done about standing privileges: one bundle, loaded when the first of it is used. */
export { acceptFinding } from './acceptFinding.ts';
export { checkPrivileges } from './checkPrivileges.ts';
export { openFinding } from './openFinding.ts';
export { saveReport } from './saveReport.ts';
