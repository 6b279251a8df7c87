/** How bad a finding is, the worst first. */
export const findingSeverities = ['critical', 'high', 'medium', 'low'] as const;

export type FindingSeverity = (typeof findingSeverities)[number];

export const lower = (grade: FindingSeverity): FindingSeverity =>
  findingSeverities[findingSeverities.indexOf(grade) + 1] ?? 'low';

export const worst = (several: readonly FindingSeverity[]): FindingSeverity =>
  findingSeverities.find((grade) => several.includes(grade)) ?? 'low';

export const bySeverity = (
  a: { readonly grade: FindingSeverity },
  b: { readonly grade: FindingSeverity },
): number => findingSeverities.indexOf(a.grade) - findingSeverities.indexOf(b.grade);
