/** The severities of findings, the worst first. The JSON report and the ids of findings call it `grade`. */
export const findingSeverities = ['critical', 'high', 'medium', 'low'] as const;

/** The severity of a finding or a power. */
export type FindingSeverity = (typeof findingSeverities)[number];

/** Returns the next lower severity. */
export const lowerSeverity = (grade: FindingSeverity): FindingSeverity =>
  findingSeverities[findingSeverities.indexOf(grade) + 1] ?? 'low';

/** Returns the worst of several severities. */
export const worstSeverity = (grades: readonly FindingSeverity[]): FindingSeverity =>
  findingSeverities.find((grade) => grades.includes(grade)) ?? 'low';

/** Compares by severity, the worst first. */
export const bySeverity = (
  a: { readonly grade: FindingSeverity },
  b: { readonly grade: FindingSeverity },
): number => findingSeverities.indexOf(a.grade) - findingSeverities.indexOf(b.grade);
