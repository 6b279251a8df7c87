import type { Elevation } from '../../access/elevation.ts';
import type { RequestId } from '../../access/untrusted/untrusted.ts';

/** The request or elevation that a row shows. Commands read it from the row on which they were invoked. */
export type RowTarget =
  | { readonly kind: 'request'; readonly id: RequestId }
  | { readonly kind: 'elevation'; readonly id: RequestId; readonly elevation: Elevation };

/** A tree row as data: pure functions build it, `treeView.ts` draws it. All text is already sanitised. */
export interface Row {
  /** Stable, so that selection and expansion survive a changed label. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon?: string;
  /** A theme colour for the icon. The text also tells the state. */
  readonly color?: string;
  /** Words of the context value that menus check. It lists only actions that can work now. */
  readonly can: readonly string[];
  /** Text for screen readers. */
  readonly spoken: string;
  readonly target?: RowTarget;
  /** Rows below this one, collapsed at first unless `expanded` is set. */
  readonly children?: readonly Row[];
  readonly expanded?: boolean;
  /** The command that runs when a row without a target is selected. */
  readonly command?: string;
}
