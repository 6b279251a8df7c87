import * as l10n from '@vscode/l10n';
import { forRow } from '../../access/untrusted/sinks.ts';
import type { Untrusted } from '../../access/untrusted/untrusted.ts';
import { showError, confirm, showWarning } from '../../editor/messages.ts';
import type { ApplyRefusal } from '../../roles/apply/planApply.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { problemWords } from '../../text/roles/problems.ts';
import { clusterForMessage, serverLabel, roleForMessage } from '../manifests/roleAdmin.ts';
import { fileForMessage, openAtLine } from '../manifests/chooseManifests.ts';
import type { ApplyRolesServices } from './services.ts';

/** Shows why the chosen files are not applied, with a button that opens the line. */
export async function showRefusal(refusal: ApplyRefusal): Promise<void> {
  const { source } = refusal;
  const line = refusal.kind === 'empty' ? 1 : refusal.line;
  const open = { title: l10n.t('Open File'), value: true };
  const text = refusalWords(refusal, fileForMessage(source.file));
  // The words of a problem quote the file, which a notification must not show, so a modal dialog shows them.
  const answer =
    refusal.kind === 'problem'
      ? await confirm(text, problemWords(refusal.problem), open)
      : await showError(text, open);
  if (answer) await openAtLine(source.file, line);
}

function refusalWords(refusal: ApplyRefusal, file: string): string {
  switch (refusal.kind) {
    case 'problem':
      return l10n.t('{0}, line {1}, cannot be applied as it stands. Nothing was sent.', file, refusal.line);
    case 'empty':
      return l10n.t('{0} holds no role. Nothing was sent.', file);
    case 'twice':
      return l10n.t(
        '{0}, line {1}: the role {2} stands twice in the chosen files. Nothing was sent; leave one of them out.',
        file,
        refusal.line,
        roleForMessage(refusal.name),
      );
    case 'unwritable':
      return l10n.t(
        '{0}, line {1}: {2} holds something that YAML cannot write, such as a number with too many digits. Nothing was sent.',
        file,
        refusal.line,
        roleForMessage(refusal.name),
      );
    case 'system':
      return l10n.t(
        '{0}, line {1}: {2} is a role of Teleport itself, which it keeps as it needs it. Nothing was sent.',
        file,
        refusal.line,
        roleForMessage(refusal.name),
      );
  }
}

/**
 * Shows that another user changed the role on the server, with buttons for a diff of that change, for a diff
 * with this user's version, and for overwriting the server's role.
 * @param overwrite asks again and shows which changes of the other user are lost
 */
export async function showStale(
  services: ApplyRolesServices,
  plan: RolePlan,
  cluster: Untrusted,
  overwrite: () => Promise<void>,
): Promise<void> {
  const { name, held: serverRole, base, heldText: serverText, bytes } = plan;
  const clusterName = clusterForMessage(cluster);
  const text = serverRole
    ? l10n.t(
        '{0} was changed on {1} after you fetched or applied it. Nothing was sent, so that no change is lost.',
        roleForMessage(name),
        clusterName,
      )
    : l10n.t(
        '{0} is no longer on {1}: somebody removed it. Nothing was sent.',
        roleForMessage(name),
        clusterName,
      );
  const answer = await showWarning<'theirs' | 'ours' | 'overwrite'>(
    text,
    ...(base && serverRole ? [{ title: l10n.t('What They Changed'), value: 'theirs' } as const] : []),
    ...(serverRole ? [{ title: l10n.t('Theirs and Yours'), value: 'ours' } as const] : []),
    {
      title: serverRole ? l10n.t("Overwrite the Server's…") : l10n.t('Make It Anew…'),
      value: 'overwrite',
    },
  );
  if (answer === undefined) return;
  if (answer === 'overwrite') {
    await overwrite();
    return;
  }
  const role = forRow(name);
  const serverSide = serverLabel(cluster);
  if (answer === 'theirs')
    await services.diffEditors.show(l10n.t('{0}: fetched and server', role), [
      {
        name: role,
        before: { label: l10n.t('as you fetched it'), text: base?.text ?? '' },
        after: { label: serverSide, text: base?.server ?? '' },
      },
    ]);
  else
    await services.diffEditors.show(l10n.t('{0}: server and yours', role), [
      {
        name: role,
        before: { label: serverSide, text: serverText },
        after: { label: l10n.t('yours'), text: bytes },
      },
    ]);
  await showStale(services, plan, cluster, overwrite);
}
