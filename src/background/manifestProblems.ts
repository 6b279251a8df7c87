// A separate bundle with all code that reads manifests. It is loaded when the first manifest is open.
import { setImmediate } from 'node:timers/promises';
import type { TextProblem } from '../editor/documents/diagnostics.ts';
import type { Census } from '../privileges/census/census.ts';
import { checkManifest } from '../roles/checks/checks.ts';
import { sessionLimitOf } from '../roles/role/duration.ts';
import { clusterFactsOf } from '../privileges/census/clusterFacts.ts';
import { parseManifest, type Manifest, type RoleDocument } from '../roles/manifest/parseManifest.ts';
import { mostProblems, type Problem } from '../roles/manifest/problem.ts';
import { problemFixWords, problemWords } from '../text/roles/problems.ts';

/** The roles in the text of a manifest, as far as it can be parsed. */
export const roleDocumentsIn = (text: string): readonly RoleDocument[] => parseManifest(text).documents;

function textProblemOf(problem: Problem): TextProblem {
  const { code, severity, span, fixes } = problem;
  return {
    code,
    severity,
    start: span.start,
    end: span.end,
    message: problemWords(problem),
    fixes: fixes.map((fix) => ({
      title: problemFixWords(fix),
      // Each fix reads the whole file again, so it is computed for the problem at the cursor only.
      get edits() {
        return fix.edits.map(({ span: { start, end }, text }) => ({ start, end, text }));
      },
    })),
  };
}

/**
 * Finds the problems in the text of a manifest. The window can react between reading and checking.
 * @param siblings the roles of the other manifests in the workspace
 * @param longestSession the setting `manifests.longestSession`
 * @param census the last census of the cluster, if there is one
 */
export async function problemsIn(
  text: string,
  siblings: readonly RoleDocument[],
  longestSession: string,
  census: Census | undefined,
): Promise<readonly TextProblem[]> {
  const manifest: Manifest = parseManifest(text);
  await setImmediate();
  const facts = census ? clusterFactsOf(census) : {};
  const context = { ...facts, siblings, sessionLimit: sessionLimitOf(longestSession) };
  return [...manifest.problems, ...checkManifest(manifest, context)]
    .slice(0, mostProblems)
    .map(textProblemOf);
}
