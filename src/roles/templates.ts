import type { Traits } from './census.ts';

const template = /^([^{}]*)\{\{\s*([^{}]+?)\s*\}\}([^{}]*)$/;
const variable = /^(?:internal|external)(?:\.([\w.-]+)|\["([^"]+)"\])$/;
const localPart = /^email\.local\(\s*(.+?)\s*\)$/;

/** Whether a text stands for something of its holder. */
export const isTemplate = (text: string): boolean => text.includes('{{');

/**
 * What a text of a role is for one holder: itself, or each value of the trait it names, such as `{{internal.logins}}`
 * or `dev-{{email.local(external.email)}}`. What cannot be filled gives nothing, as on the server.
 */
export function filled(text: string, traits: Traits): readonly string[] {
  if (!isTemplate(text)) return [text];
  const [, before = '', inside = '', after = ''] = template.exec(text) ?? [];
  const local = localPart.exec(inside)?.[1];
  const [, dotted, quoted] = variable.exec(local ?? inside) ?? [];
  const values = traits.get(dotted ?? quoted ?? '') ?? [];
  return values
    .map((value) => (local === undefined ? value : (value.split('@')[0] ?? '')))
    .filter((value) => value !== '')
    .map((value) => before + value + after);
}
