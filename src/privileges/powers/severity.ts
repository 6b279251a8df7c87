/** How bad a finding is, the worst first. */
export const grades = ['critical', 'high', 'medium', 'low'] as const;

export type Grade = (typeof grades)[number];

export const lower = (grade: Grade): Grade => grades[grades.indexOf(grade) + 1] ?? 'low';

export const worst = (several: readonly Grade[]): Grade =>
  grades.find((grade) => several.includes(grade)) ?? 'low';

export const byGrade = (a: { readonly grade: Grade }, b: { readonly grade: Grade }): number =>
  grades.indexOf(a.grade) - grades.indexOf(b.grade);
