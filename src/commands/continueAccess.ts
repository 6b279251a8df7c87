import { openRequest } from './openRequest.ts';
import { inUse } from './choose.ts';
import * as l10n from '@vscode/l10n';
import type { Target } from './target.ts';
import type { Tools } from './tools.ts';

/** Opens the page of an elevation. (A stand-in: going on with it is built elsewhere.) */
export async function continueAccess(tools: Tools, target?: Target): Promise<void> {
  await openRequest((await inUse(tools, target, l10n.t('Continue Access'))).requestId);
}
