import * as l10n from '@vscode/l10n';
import type { End } from '../access/elevation.ts';

/**
 * Says until when an elevation lasts, and whether login, grant or certificate ends then: `until 04:10, when
 * your login ends`.
 */
export function elevationEndWords({ of }: End, time: string): string {
  switch (of) {
    case 'login':
      return l10n.t('until {0}, when your login ends', time);
    case 'grant':
      return l10n.t('until {0}, when the grant ends', time);
    case 'certificate':
      return l10n.t('until {0}, when this certificate ends', time);
    case 'both':
      return l10n.t('until {0}', time);
  }
}
