import type { ElevateServices } from '../elevate/services.ts';

/** What signing out and switching profiles need: both drop elevations first. */
export type AccountServices = ElevateServices;
