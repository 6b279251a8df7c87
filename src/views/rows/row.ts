import type { Elevation } from '../../access/elevation.ts';
import type { RequestId } from '../../access/text/untrusted.ts';

/** What a row stands for; commands take it from the row they were pressed on. */
export type RowTarget =
  | { readonly kind: 'request'; readonly id: RequestId }
  | { readonly kind: 'elevation'; readonly id: RequestId; readonly elevation: Elevation };

/** A tree row as data: made by pure functions, drawn by `tree.ts`. All text is already inert. */
export interface Row {
  /** Stable, so that selection and folding survive a changed label. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly tooltip?: string;
  readonly icon?: string;
  /** A theme colour for the icon; the state is also in the words. */
  readonly color?: string;
  /** Words the menus look for; only what can work now. */
  readonly can: readonly string[];
  readonly spoken: string;
  readonly target?: RowTarget;
  /** Rows below it; folded at first, unless it is open. */
  readonly children?: readonly Row[];
  readonly open?: boolean;
  /** Runs when the row is pressed and it stands for nothing. */
  readonly command?: string;
}
