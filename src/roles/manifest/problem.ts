import type { Untrusted } from '../../access/text/untrusted.ts';
import type { Path } from '../role/value.ts';

/** A place in a file, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** With an error Apply refuses. */
export type Severity = 'error' | 'warning' | 'info';

export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** What is wrong with the file as YAML or as a role; found by reading alone. */
export type ReadingCode =
  | 'tooBig'
  | 'tooDeep'
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

/** What is wrong with what the roles give. */
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

export type ProblemCode = ReadingCode | CheckCode;

export type FixCode =
  | 'rename'
  | 'quote'
  | 'write'
  | 'remove'
  | 'removeLater'
  | 'spaces'
  | 'setSessionLimit'
  | 'requireReason'
  | 'requireTwoApprovals';

export interface Fix {
  readonly code: FixCode;
  /** What its words name, in order. */
  readonly names: readonly Untrusted[];
  readonly edits: readonly TextEdit[];
}

/** What a field holds, where something else stands. */
export type Expected = 'text' | 'list' | 'map' | 'flag' | 'count' | 'choice';

export interface Problem {
  readonly code: ProblemCode;
  readonly severity: Severity;
  readonly span: Span;
  /** What its words name, in order: role, field, value. */
  readonly names: readonly Untrusted[];
  readonly fixes: readonly Fix[];
  /** The role it is about, and the field in it; absent where it is about the file. */
  readonly role?: Untrusted;
  readonly path?: Path;
  /** With `wrongType`. */
  readonly expected?: Expected;
}
