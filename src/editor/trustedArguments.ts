const trustedObjects = new WeakSet();

/**
 * Marks an object as created by this extension. Tasks, keybindings and other extensions can call a command
 * with any argument, so commands ignore an argument without this mark.
 */
export function trusted<T extends object>(object: T): T {
  trustedObjects.add(object);
  return object;
}

/** Whether this extension marked the object with `trusted`. */
export function isTrustedArgument(value: unknown): value is object {
  return typeof value === 'object' && value !== null && trustedObjects.has(value);
}
