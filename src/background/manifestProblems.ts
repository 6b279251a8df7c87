// A bundle of its own with all that reads manifests, loaded when the first one is open.
import type { TextProblem } from '../editor/documents/diagnostics.ts';
import type { Census } from '../privileges/census/census.ts';
import { checkManifest } from '../roles/checks/checks.ts';
import { sessionLimitOf } from '../roles/role/duration.ts';
import { clusterFactsOf } from '../privileges/census/clusterFacts.ts';
import { parseManifest, type Manifest, type RoleDocument } from '../roles/manifest/parseManifest.ts';
import type { Problem } from '../roles/manifest/problem.ts';
import { problemFixWords, problemWords } from '../text/roles/problems.ts';

/** Nobody reads more of one file. */
const mostMarks = 200;

/** The roles that a file holds, as far as it can be read. */
export const roleDocumentsIn = (text: string): readonly RoleDocument[] => parseManifest(text).documents;

function markOf(problem: Problem): TextProblem {
  const { code, severity, span, fixes } = problem;
  return {
    code,
    severity,
    start: span.start,
    end: span.end,
    message: problemWords(problem),
    fixes: fixes.map((fix) => ({
      title: problemFixWords(fix),
      edits: () => fix.edits.map(({ span: { start, end }, text }) => ({ start, end, text })),
    })),
  };
}

/**
 * What is wrong in the text of a manifest.
 * @param longest the setting
 * @param census what was read of the cluster last, if anything was
 */
export function problemsIn(
  text: string,
  siblings: readonly RoleDocument[],
  longest: string,
  census: Census | undefined,
): readonly TextProblem[] {
  const manifest: Manifest = parseManifest(text);
  const known = census ? clusterFactsOf(census) : {};
  const context = { ...known, siblings, sessionLimit: sessionLimitOf(longest) };
  return [...manifest.problems, ...checkManifest(manifest, context)].slice(0, mostMarks).map(markOf);
}
