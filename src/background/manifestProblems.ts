// A bundle of its own with all that reads manifests, loaded when the first one is open.
import type { Mark } from '../editor/documents/diagnostics.ts';
import type { Census } from '../privileges/census/census.ts';
import { checkManifest } from '../roles/checks/checks.ts';
import { limitIn } from '../roles/role/duration.ts';
import { knownOf } from '../privileges/census/clusterFacts.ts';
import { readManifest, type Manifest, type RoleDocument } from '../roles/manifest/parseManifest.ts';
import type { Problem } from '../roles/manifest/problem.ts';
import { fixWords, problemWords } from '../text/roles/problems.ts';

/** Nobody reads more of one file. */
const mostMarks = 200;

/** The roles that a file holds, as far as it can be read. */
export const rolesIn = (text: string): readonly RoleDocument[] => readManifest(text).documents;

function markOf(problem: Problem): Mark {
  const { code, severity, span, fixes } = problem;
  return {
    code,
    severity,
    start: span.start,
    end: span.end,
    message: problemWords(problem),
    fixes: fixes.map((fix) => ({
      title: fixWords(fix),
      edits: () => fix.edits.map(({ span: { start, end }, text }) => ({ start, end, text })),
    })),
  };
}

/**
 * What is wrong in the text of a manifest.
 * @param longest the setting
 * @param census what was read of the cluster last, if anything was
 */
export function marksIn(
  text: string,
  siblings: readonly RoleDocument[],
  longest: string,
  census: Census | undefined,
): readonly Mark[] {
  const manifest: Manifest = readManifest(text);
  const known = census ? knownOf(census) : {};
  const context = { ...known, siblings, limit: limitIn(longest) };
  return [...manifest.problems, ...checkManifest(manifest, context)].slice(0, mostMarks).map(markOf);
}
