import type { Traits } from '../census/census.ts';
import { withReplacement } from '../../roles/role/namePatterns.ts';

const template = /^([^{}]*)\{\{\s*(.+?)\s*\}\}([^{}]*)$/;
const variable = /(?:internal|external)(?:\.([\w.-]+)|\[\s*"([^"]+)"\s*\])/g;
const onlyVariable = new RegExp(`^${variable.source}$`);
const localPartCall = /^email\.local\(\s*(.+?)\s*\)$/;
const replaceCall =
  /^regexp\.replace\(\s*(.+?)\s*,\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*,\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*\)$/;
/** The longest template that is filled in, in characters, which also bounds how deep calls nest. */
const longestTemplate = 500;

/** Whether a text of a role is a template, which the traits of the holder fill in. */
export const isTemplate = (text: string): boolean => text.includes('{{');

/** Returns the names of the traits that a text of a role uses; none where it is no template. */
export const traitsIn = (text: string): readonly string[] =>
  isTemplate(text) ? [...text.matchAll(variable)].map(([, dotted, quoted]) => dotted ?? quoted ?? '') : [];

/**
 * Fills in a text of a role with the traits of one holder. Templates look like `{{internal.logins}}`,
 * `dev-{{email.local(external.email)}}` or `{{regexp.replace(external.groups, "^k8s-(.*)$", "$1")}}`.
 * @returns one text for each value of the trait; a text without a template as it is; undefined where the
 * template cannot be evaluated here, so that the result may be anything
 */
export function fillTemplate(text: string, traits: Traits): readonly string[] | undefined {
  if (!isTemplate(text)) return [text];
  if (text.length > longestTemplate) return undefined;
  const [, before = '', inside = '', after = ''] = template.exec(text) ?? [];
  return valuesOf(inside, traits)
    ?.filter((value) => value !== '')
    .map((value) => before + value + after);
}

/** Evaluates the expression between `{{` and `}}`; undefined where it cannot be evaluated. */
function valuesOf(expression: string, traits: Traits): readonly string[] | undefined {
  const [match, dotted, quoted] = onlyVariable.exec(expression) ?? [];
  if (match !== undefined) return traits.get(dotted ?? quoted ?? '') ?? [];
  const email = localPartCall.exec(expression)?.[1];
  if (email !== undefined) return valuesOf(email, traits)?.map((value) => value.split('@')[0] ?? '');
  const [, inner = '', quotedPattern = '', quotedReplacement = ''] = replaceCall.exec(expression) ?? [];
  const [pattern, replacement] = [unquote(quotedPattern), unquote(quotedReplacement)];
  if (pattern === undefined || replacement === undefined) return undefined;
  const results: string[] = [];
  for (const value of valuesOf(inner, traits) ?? [undefined]) {
    const replaced = value === undefined ? undefined : withReplacement(value, pattern, replacement);
    if (!replaced) return undefined;
    results.push(...replaced);
  }
  return results;
}

/** Returns the content of a Go string literal; undefined where it cannot be read. */
function unquote(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}
