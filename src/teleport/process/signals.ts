/* The only file that sends signals. A number alone is no process: callers go through `signalProcesses`. */

/** Whether any process has this number now. */
export function processExists(pid: number): boolean {
  return sendSignal(pid, 0);
}

/** @returns false when no process has the number, or it is another user's */
export function sendSignal(pid: number, name: NodeJS.Signals | 0): boolean {
  // 0 and negative numbers are groups of processes, and 1 is the system.
  if (!Number.isInteger(pid) || pid < 2) return false;
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends what a program that was read as ended left in its process group. The number of a group stays taken while
 * anything is in it. So a process that has the number now is a later one, and its group is not the program's.
 */
export function endGroupOf(leader: number): void {
  if (leader < 2 || processExists(leader)) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // The group is empty.
  }
}
