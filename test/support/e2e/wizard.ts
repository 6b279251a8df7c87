import { execa } from 'execa';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DemoTestCluster, TestPerson } from '../../../scripts/hosts/people.ts';
import type { Workbench } from './workbench.ts';

/** The roles of two teams as an administrator keeps them: in one file, with comments and mixed styles. */
export const teams = `# Ordinary rights. Ask Dana before changing this.
kind: role
version: v7
metadata: { name: dev-team }
spec:
  options: { max_session_ttl: 12h }
  allow:
    logins: [dev]   # one login for all of dev
    kubernetes_labels: { env: dev }
    kubernetes_groups:
      - developers
      - system:masters # since the outage of March
---
kind: role
version: v7
metadata: { name: ops }
spec:
  allow: { logins: [ops] }
`;
const terraformed = `kind: role
version: v7
metadata: { name: data-team, labels: { teleport.dev/origin: terraform } }
spec:
  allow: { logins: [data] }
`;

/**
 * Prepares a cluster on which dev-team holds system:masters permanently and data-team belongs to Terraform,
 * and a workspace with a manifest of dev-team.
 */
export async function withStandingRights(person: TestPerson, demo: DemoTestCluster): Promise<TestPerson> {
  const roles = join(person.workspace, 'teleport', 'roles');
  await mkdir(roles, { recursive: true });
  await writeFile(join(roles, 'teams.yaml'), teams);
  for (const [name, text] of Object.entries({ teams, terraformed })) {
    const file = join(person.folder, `${name}.yaml`);
    await writeFile(file, text);
    await execa(demo.tctl, ['create', '-f', file], { env: { TELEPORT_HOME: demo.homes['eve']! } });
  }
  return person;
}

/** Opens the wizard and waits for its first step. */
export async function beginWizard(window: Workbench): Promise<void> {
  await window.runCommand('JIT Access: Set Up Roles…');
  await window.input.step(/Set Up Roles: who may ask/);
}

/** Ticks the rows with these labels from the keyboard. */
export async function tick(window: Workbench, ...labels: readonly string[]): Promise<void> {
  for (const label of labels) {
    for (let pressed = 0; pressed < 30; pressed += 1) {
      if (await window.input.focusedRow(label).count()) break;
      await window.press('ArrowDown');
    }
    await window.input.focusedRow(label).waitFor();
    await window.press('Space');
  }
}

/** Presses Enter in the step that is shown and waits for the next one, for each of these. */
export async function enterUntil(window: Workbench, ...steps: readonly string[]): Promise<void> {
  for (const step of steps) {
    await window.press('Enter');
    await window.input.step(new RegExp(`: ${step}`));
  }
}

/** Types a text in a pick, and accepts the row that it leads to. */
export async function typeAndPick(window: Workbench, text: string, label = text): Promise<void> {
  await window.page.keyboard.type(text);
  await window.input.focusedRow(label).waitFor();
  await window.press('Enter');
}
