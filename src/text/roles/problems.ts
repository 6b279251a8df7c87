import * as l10n from '@vscode/l10n';
import { forSentence } from '../../access/untrusted/sinks.ts';
import type { Fix, Problem } from '../../roles/manifest/problem.ts';

/**
 * The message for a problem of a manifest: the fault, why it matters and what to do. Plain text on one line.
 */
export function problemWords({ code, names, expected }: Problem): string {
  const [a = '', b = '', c = ''] = names.map(forSentence);
  switch (code) {
    case 'tooBig':
      return l10n.t('This file is too big for role manifests and is not read. Split it up, one role a file.');
    case 'tooDeep':
      return l10n.t('This is nested deeper than any role and is not read. Write it flat.');
    case 'tooManyProblems':
      return l10n.t('There are more problems than these, and what comes after them is not read.');
    case 'control':
      return l10n.t(
        'Readers of YAML do not agree on the invisible character {0}: to some it ends the line, so that the file says more than it shows. Remove it, or write it as an escape in quotation marks.',
        a,
      );
    case 'notYaml':
      return l10n.t('This is not YAML ({0}). Nothing of this role can be checked or applied until it is.', a);
    case 'tab':
      return l10n.t('YAML takes no tabs as indentation. Use spaces.');
    case 'jsonStream':
      return l10n.t(
        'Several JSON values follow each other. tctl would apply them all, and other readers only some. Put each role in a file of its own.',
      );
    case 'directive':
      return l10n.t('A line that begins with % changes how YAML is read. Remove it.');
    case 'noRole':
      return l10n.t('There is no role in this file.');
    case 'otherKind':
      return a === ''
        ? l10n.t('This document is no role. Only documents with "kind: role" belong in a role manifest.')
        : l10n.t(
            'This document is of kind {0}. Only documents with "kind: role" belong in a role manifest: whoever applies the file might not see the rest.',
            a,
          );
    case 'unknownVersion':
      return l10n.t('A role needs a version that is known here: v3 to v8, such as "version: v7".');
    case 'oldVersion':
      return l10n.t(
        'Version v3 gives every server, app, cluster and database where labels are left out. Use v7, or name the labels.',
      );
    case 'alias':
    case 'anchor':
      return l10n.t(
        'A role manifest has no anchors and aliases (& and *): what a role gives is to be read where it stands. Write it out.',
      );
    case 'merge':
      return l10n.t(
        'A merge (<<) brings in what does not stand here, and readers of YAML do not agree on it. Write it out.',
      );
    case 'tag':
      return l10n.t('A tag ({0}) changes what a value is. Remove it; write texts in quotation marks.', a);
    case 'duplicateKey':
      return l10n.t('{0} stands here twice, and readers do not agree which one counts. Remove one.', a);
    case 'keyNotText':
      return l10n.t('A key is to be a text. Write it in quotation marks.');
    case 'wrongCase':
      return l10n.t('Teleport takes {0} for {1}, other readers do not. Write {1}.', a, b);
    case 'unknownField':
      return b === ''
        ? l10n.t('Teleport knows no field {0} here and would drop it without a word.', a)
        : l10n.t(
            'Teleport knows no field {0} here and would drop it without a word. Did you mean {1}?',
            a,
            b,
          );
    case 'wrongType':
      return typeWords(a, expected);
    case 'notADuration':
      return l10n.t('{0} is no duration. Write it like 30m, 1h or 1h30m.', a);
    case 'unknownValue':
      return l10n.t('{0} is none of the values known here: {1}.', a, b);
    case 'noName':
      return l10n.t('This role has no name. Write it below "metadata".');
    case 'sameName':
      return l10n.t('There is another role {0} in this file; the later one would win. Remove one.', a);
    case 'readDifferently':
      return l10n.t(
        'Readers of YAML do not agree on {0}: it may be a text to one, and a number, a date or yes and no to another. Say which.',
        a,
      );
    case 'standingAdmin':
      return l10n.t(
        'Whoever has the role {0} is administrator of Kubernetes all the time ({1}: {2}). Move it to a role that is requested.',
        a,
        b,
        c,
      );
    case 'standingWildcard':
      return l10n.t(
        'Whoever has the role {0} has everything of {1} all the time. Name what is needed every day, and move the rest to a role that is requested.',
        a,
        b,
      );
    case 'noSessionLimit':
      return l10n.t(
        'The role {0} is requested, but nothing ends its sessions early: they last up to 30 h. Set max_session_ttl: the setting "Manifests: Longest Session" allows {1} at most.',
        a,
        b,
      );
    case 'sessionTooLong':
      return l10n.t(
        'The role {0} is requested, and its sessions may last {1}. The setting "Manifests: Longest Session" allows {2} at most.',
        a,
        b,
        c,
      );
    case 'requestsMissingRole':
      return c === ''
        ? l10n.t('The role {0} lets people request {1}, which does not exist.', a, b)
        : l10n.t('The role {0} lets people request {1}, which does not exist. Did you mean {2}?', a, b, c);
    case 'approvesOwnRequests':
      return l10n.t(
        'Whoever has the role {0} may request, and may approve requests with tctl, also their own. Put this rule in a role whose holders do not request.',
        a,
      );
    case 'editsRolesOneApproval':
      return l10n.t(
        'With one approval whoever has the role {0} gets {1}, which may edit roles or users and so give itself anything. Require two approvals, or take that rule out of {1}.',
        a,
        b,
      );
    case 'requestableByOneApproval':
      return l10n.t(
        'The role {0} may edit roles or users and so give itself anything, and whoever has {1} gets it with one approval. Require two approvals there, or remove this rule.',
        a,
        b,
      );
    case 'enterpriseOnly':
      return l10n.t('{1} needs Teleport Enterprise; Community refuses the role {0} with it.', a, b);
    case 'reasonNotRequired':
      return l10n.t(
        'Whoever has the role {0} may request without a reason. From Teleport 17.1 on one can be required; older ones drop the field without a word.',
        a,
      );
    case 'blocksLogin':
      return l10n.t(
        'request_access: {1} makes every login of whoever has the role {0} a request, also for everyday work. Require a reason with allow.request.reason instead.',
        a,
        b,
      );
  }
}

/** The message for a value of the wrong type. */
function typeWords(field: string, expected: Problem['expected']): string {
  switch (expected) {
    case 'text':
      return l10n.t('{0} takes a text. Write it in quotation marks.', field);
    case 'list':
      return l10n.t('{0} takes a list. Write each item on a line of its own that begins with "- ".', field);
    case 'map':
      return l10n.t('{0} takes fields with values, not this.', field);
    case 'flag':
      return l10n.t('{0} takes true or false.', field);
    case 'count':
      return l10n.t('{0} takes a whole number.', field);
    case 'choice':
    case undefined:
      return l10n.t('{0} does not take this value.', field);
  }
}

/** The title of a quick fix. */
export function problemFixWords({ code, names }: Fix): string {
  const [a = ''] = names.map(forSentence);
  switch (code) {
    case 'rename':
    case 'write':
      return l10n.t('Change to {0}', a);
    case 'quote':
      return l10n.t('Write in quotation marks');
    case 'remove':
      return l10n.t('Remove {0}', a);
    case 'removeLater':
      return l10n.t('Remove this {0}, which stands here twice', a);
    case 'removeControl':
      return l10n.t('Remove the invisible character');
    case 'space':
      return l10n.t('Write a space instead');
    case 'spaces':
      return l10n.t('Write spaces instead of tabs');
    case 'setSessionLimit':
      return l10n.t('Set max_session_ttl to {0}', a);
    case 'requireReason':
      return l10n.t('Require a reason');
    case 'requireTwoApprovals':
      return l10n.t('Require two approvals');
  }
}
