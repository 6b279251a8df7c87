import * as l10n from '@vscode/l10n';
import { forRow } from '../../access/text/sinks.ts';
import type { Untrusted } from '../../access/text/untrusted.ts';
import { showError, confirm, showWarning } from '../../editor/messages.ts';
import type { ApplyRefusal } from '../../roles/apply/planApply.ts';
import type { RolePlan } from '../../roles/apply/rolePlan.ts';
import { problemWords } from '../../text/roles/problems.ts';
import { clusterForMessage, onServer, roleForMessage } from '../manifests/roleAdmin.ts';
import { fileForMessage, openAt } from '../manifests/chooseManifests.ts';
import type { ApplyRolesServices } from './services.ts';

/** Says why the chosen files are not applied, and leads to the line. */
export async function showRefusal(refusal: ApplyRefusal): Promise<void> {
  const { source } = refusal;
  const line = refusal.kind === 'empty' ? 1 : refusal.line;
  const open = { title: l10n.t('Open File'), value: true };
  const text = refusalWords(refusal, fileForMessage(source.file));
  // The words of a problem hold what stands in the file, which messages must not.
  const answer =
    refusal.kind === 'problem'
      ? await confirm(text, problemWords(refusal.problem), open)
      : await showError(text, open);
  if (answer) await openAt(source.file, line);
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
 * Says that the server has moved on, shows both halves of what happened, and offers to overwrite that.
 * @param overwrite asks again, and says what that takes away
 */
export async function showStale(
  services: ApplyRolesServices,
  plan: RolePlan,
  cluster: Untrusted,
  overwrite: () => Promise<void>,
): Promise<void> {
  const { name, held, base, heldText, bytes } = plan;
  const where = clusterForMessage(cluster);
  const text = held
    ? l10n.t(
        '{0} was changed on {1} after you fetched or applied it. Nothing was sent, so that no change is lost.',
        roleForMessage(name),
        where,
      )
    : l10n.t('{0} is no longer on {1}: somebody removed it. Nothing was sent.', roleForMessage(name), where);
  const answer = await showWarning<'theirs' | 'ours' | 'go'>(
    text,
    ...(base && held ? [{ title: l10n.t('What They Changed'), value: 'theirs' } as const] : []),
    ...(held ? [{ title: l10n.t('Theirs and Yours'), value: 'ours' } as const] : []),
    {
      title: held ? l10n.t("Overwrite the Server's…") : l10n.t('Make It Anew…'),
      value: 'go',
    },
  );
  if (answer === undefined) return;
  if (answer === 'go') {
    await overwrite();
    return;
  }
  const role = forRow(name);
  const there = onServer(cluster);
  if (answer === 'theirs')
    await services.diffEditors.show(l10n.t('{0}: fetched and server', role), [
      {
        name: role,
        before: { label: l10n.t('as you fetched it'), text: base?.text ?? '' },
        after: { label: there, text: base?.server ?? '' },
      },
    ]);
  else
    await services.diffEditors.show(l10n.t('{0}: server and yours', role), [
      {
        name: role,
        before: { label: there, text: heldText },
        after: { label: l10n.t('yours'), text: bytes },
      },
    ]);
  await showStale(services, plan, cluster, overwrite);
}
