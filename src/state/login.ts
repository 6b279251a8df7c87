import type { Profile } from '../teleport/output/loginSchema.ts';

/** Who is signed in, or why nobody is. */
export type LoginState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'tshMissing' }
  | { readonly kind: 'tooOld'; readonly version: string }
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'expired'; readonly profile: Profile }
  | { readonly kind: 'signedIn'; readonly profile: Profile };
