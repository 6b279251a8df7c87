const ours = new WeakSet();

/**
 * Marks an object as made by us. Anybody can call a command with any argument (tasks, keybindings, other extensions);
 * one that is not marked counts as no argument.
 */
export function trusted<T extends object>(object: T): T {
  ours.add(object);
  return object;
}

/** Whether we made this object. */
export function isTrustedArgument(value: unknown): value is object {
  return typeof value === 'object' && value !== null && ours.has(value);
}
