import { readFile } from 'node:fs/promises';
import * as v from 'valibot';

/** tctl's default configuration file. Variables that name another file are not passed on to tctl. */
const defaultPath = '/etc/teleport.yaml';

const schema = v.object({
  auth_service: v.optional(v.nullable(v.object({ enabled: v.optional(v.union([v.string(), v.boolean()])) }))),
});

/**
 * Whether tctl on this machine would act as the auth service: its configuration file is readable and does not
 * disable that service. As the auth service tctl lets users approve their own requests.
 */
export async function actsAsService(file = defaultPath): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return false;
  const { parse } = await import('../home/lazyYaml.ts');
  try {
    const config = v.parse(schema, parse(text));
    return !/^(no|false|off)$/i.test(String(config.auth_service?.enabled ?? 'yes'));
  } catch {
    return true;
  }
}
