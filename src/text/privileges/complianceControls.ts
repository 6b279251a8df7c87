import * as l10n from '@vscode/l10n';

/** A control of a compliance framework, and the evidence for it in the report. */
export interface ComplianceControl {
  readonly framework: 'SOC 2' | 'NIST 800-53 / FedRAMP' | 'ISO 27001:2022';
  readonly id: string;
  readonly evidence: string;
}

/**
 * Returns the controls for which the report is evidence, and how far it covers each of them. The ids are
 * those of the Trust Services Criteria 2017, NIST SP 800-53 Rev. 5, and Annex A of ISO/IEC 27001:2022.
 */
export function complianceControls(): readonly ComplianceControl[] {
  const evidence: Readonly<Record<ComplianceControl['framework'], Readonly<Record<string, string>>>> = {
    'SOC 2': {
      'CC6.1': l10n.t('which roles give admin rights, and who holds them; other systems are not covered'),
      'CC6.2': l10n.t('the holders as they are now; how they were registered or removed is not covered'),
      'CC6.3': l10n.t('least privilege: standing rights; separation of duties: who asks and who approves'),
    },
    'NIST 800-53 / FedRAMP': {
      'AC-2': l10n.t(
        'users, bots and SSO mappings that hold admin rights, as an input to the review of accounts',
      ),
      'AC-2(7)': l10n.t('privileged role assignments at one instant'),
      'AC-3': l10n.t('the rules as they are configured; that they are enforced is not tested'),
      'AC-5': l10n.t('who may ask, who may approve, and who may decide their own requests'),
      'AC-6': l10n.t('findings: rights held permanently beyond what was accepted'),
      'AC-6(1)': l10n.t('who may change roles, users, connectors and join tokens'),
      'AC-6(2)': l10n.t('admin roles that are asked for instead of held'),
      'AC-6(5)': l10n.t('who holds privileged roles, by name'),
      'AC-6(7)': l10n.t(
        'an input to the review of privileges; accepted exceptions with owner, reason and end',
      ),
      'AU-12': l10n.t('none: what was done with the rights is in the audit log of Teleport'),
    },
    'ISO 27001:2022': {
      'A.5.3': l10n.t('segregation of duties: who asks and who approves'),
      'A.5.15': l10n.t('access rules as configured'),
      'A.5.18': l10n.t('access rights as they are now, as an input to their review'),
      'A.8.2': l10n.t('privileged access rights: who holds them, how they are asked for, and for how long'),
    },
  };
  return Object.entries(evidence).flatMap(([framework, controls]) =>
    Object.entries(controls).map(([id, text]) => ({ framework, id, evidence: text }) as ComplianceControl),
  );
}
