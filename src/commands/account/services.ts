import type { ElevateServices } from '../elevate/services.ts';

/** The services of signing out and switching profiles. Both drop elevations first. */
export type AccountServices = ElevateServices;
