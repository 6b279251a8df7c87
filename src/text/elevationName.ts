import type { Elevation } from '../access/elevation.ts';
import { namesForMessage } from '../access/untrusted/sinks.ts';

/** An elevation's name for a message: its roles, or the id of the request if a role is not a plain name. */
export const elevationName = ({ roles, requestId }: Elevation): string => namesForMessage(roles) ?? requestId;
