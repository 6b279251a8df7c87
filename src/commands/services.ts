import type { AccountServices } from './account/services.ts';
import type { ApplyRolesServices } from './applyRoles/services.ts';
import type { DoctorServices } from './doctor/services.ts';
import type { PrivilegesServices } from './privileges/services.ts';
import type { ReviewServices } from './review/services.ts';
import type { SetUpRolesServices } from './setUpRoles/services.ts';

/** The services of all commands. Each command folder sees only its own part. */
export type CommandServices = DoctorServices &
  AccountServices &
  ReviewServices &
  SetUpRolesServices &
  ApplyRolesServices &
  PrivilegesServices;
