import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

/** Where tctl looks when nothing names a configuration. What would name one is not passed on to it. */
const usual = '/etc/teleport.yaml';

const schema = v.object({
  auth_service: v.optional(v.nullable(v.object({ enabled: v.optional(v.union([v.string(), v.boolean()])) }))),
});

/**
 * Whether tctl on this machine would act as the auth service itself: where its configuration can be read and does not
 * switch that service off. A user approved their own request this way.
 */
export async function actsAsService(file = usual): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const { parse } = await import('../home/lazyYaml.ts');
  try {
    const found = v.parse(schema, parse(text));
    return !/^(no|false|off)$/i.test(String(found.auth_service?.enabled ?? 'yes'));
  } catch {
    return true;
  }
}
