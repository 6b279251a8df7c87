import type { Traits } from '../census/census.ts';
import { withReplacement } from '../../roles/role/namePatterns.ts';

const template = /^([^{}]*)\{\{\s*(.+?)\s*\}\}([^{}]*)$/;
const variable = /^(?:internal|external)(?:\.([\w.-]+)|\[\s*"([^"]+)"\s*\])$/;
const localPart = /^email\.local\(\s*(.+?)\s*\)$/;
const replacing =
  /^regexp\.replace\(\s*(.+?)\s*,\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*,\s*("(?:[^"\\]|\\.)*"|`[^`]*`)\s*\)$/;
/** No role needs a longer one, and none nests deeper. */
const longest = 500;

/** Whether a text stands for something of its holder. */
export const isTemplate = (text: string): boolean => text.includes('{{');

/**
 * What a text of a role is for one holder: itself, or each value of the trait it names, such as `{{internal.logins}}`,
 * `dev-{{email.local(external.email)}}` or `{{regexp.replace(external.groups, "^k8s-(.*)$", "$1")}}`.
 * @returns undefined where that cannot be worked out here: it may be anything
 */
export function filled(text: string, traits: Traits): readonly string[] | undefined {
  if (!isTemplate(text)) return [text];
  if (text.length > longest) return undefined;
  const [, before = '', inside = '', after = ''] = template.exec(text) ?? [];
  return valuesOf(inside, traits)
    ?.filter((value) => value !== '')
    .map((value) => before + value + after);
}

/** What an expression inside of `{{` and `}}` stands for. */
function valuesOf(expression: string, traits: Traits): readonly string[] | undefined {
  const [found, dotted, quoted] = variable.exec(expression) ?? [];
  if (found !== undefined) return traits.get(dotted ?? quoted ?? '') ?? [];
  const address = localPart.exec(expression)?.[1];
  if (address !== undefined) return valuesOf(address, traits)?.map((value) => value.split('@')[0] ?? '');
  const [, inner = '', pattern = '', by = ''] = replacing.exec(expression) ?? [];
  const [literal, replacement] = [textOf(pattern), textOf(by)];
  if (literal === undefined || replacement === undefined) return undefined;
  const made: string[] = [];
  for (const value of valuesOf(inner, traits) ?? [undefined]) {
    const one = value === undefined ? undefined : withReplacement(value, literal, replacement);
    if (!one) return undefined;
    made.push(...one);
  }
  return made;
}

/** What a text of Go in quotes says. */
function textOf(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}
