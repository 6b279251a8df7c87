/** The code of a system error, such as `ENOENT`; undefined for another error. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Whether an error has one of these system error codes. */
export const isSystemError = (error: unknown, ...codes: readonly string[]): boolean =>
  codes.includes(systemErrorCode(error) ?? '');
