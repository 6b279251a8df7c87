import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { isChoice, isListOf, isStruct, type Field } from '../role/roleSchema.ts';
import type { Path } from '../role/value.ts';

/** A range of a file's text, as offsets in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Apply refuses a file with an `error`. */
export type Severity = 'error' | 'warning' | 'info';

/** Replaces the text of a span. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** Problems of the file as YAML or as a role, which the parser finds without knowing other roles. */
export type ReadingCode =
  | 'tooBig'
  | 'tooDeep'
  | 'tooManyProblems'
  | 'control'
  | 'notYaml'
  | 'tab'
  | 'jsonStream'
  | 'directive'
  | 'noRole'
  | 'otherKind'
  | 'unknownVersion'
  | 'oldVersion'
  | 'alias'
  | 'anchor'
  | 'merge'
  | 'tag'
  | 'duplicateKey'
  | 'keyNotText'
  | 'wrongCase'
  | 'unknownField'
  | 'wrongType'
  | 'notADuration'
  | 'unknownValue'
  | 'noName'
  | 'sameName'
  | 'readDifferently';

/** Problems of the access that roles give, which the checks find. */
export type CheckCode =
  | 'standingAdmin'
  | 'standingWildcard'
  | 'noSessionLimit'
  | 'sessionTooLong'
  | 'requestsMissingRole'
  | 'approvesOwnRequests'
  | 'editsRolesOneApproval'
  | 'requestableByOneApproval'
  | 'enterpriseOnly'
  | 'reasonNotRequired'
  | 'blocksLogin';

/** The kind of a problem. Each kind has its own message. */
export type ProblemCode = ReadingCode | CheckCode;

/** The kind of a quick fix. Each kind has its own title. */
export type FixCode =
  | 'rename'
  | 'quote'
  | 'write'
  | 'remove'
  | 'removeLater'
  | 'removeControl'
  | 'space'
  | 'spaces'
  | 'setSessionLimit'
  | 'requireReason'
  | 'requireTwoApprovals';

/** A quick fix for a problem. */
export interface Fix {
  readonly code: FixCode;
  /** Names for the title of the fix, in order. */
  readonly names: readonly Untrusted[];
  readonly edits: readonly TextEdit[];
}

/** The most problems of one file. What comes after them is not read, so that the file is refused. */
export const mostProblems = 200;

/** The type that a field takes, for a value of another type. */
export type Expected = 'text' | 'list' | 'map' | 'flag' | 'count' | 'choice';

/** A problem of a manifest, with its place in the file. */
export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  readonly span: Span;
  /** Names for the message, in order: role, field, value. */
  readonly names: readonly Untrusted[];
  readonly fixes: readonly Fix[];
  /** The role and its field with the problem; absent for a problem of the whole file. */
  readonly role?: Untrusted;
  readonly path?: Path;
  /** Only with the code `wrongType`. */
  readonly expected?: Expected;
}

/** The type that a field takes, for the message about a value of another type. */
export function expectedBy(field: Field | undefined): Expected | undefined {
  if (isListOf(field) || field === 'texts') return 'list';
  if (isStruct(field) || field === 'labels' || field === 'textMap') return 'map';
  if (isChoice(field)) return 'choice';
  if (field === 'oneOrMore' || field === 'time' || field === 'duration') return 'text';
  return field;
}
