// The structure of a Teleport resource as tctl reads and prints it.
import { randomUUID } from 'node:crypto';
import { Refusal } from '../cli/refusal.ts';

/** A value that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
/** An object of JSON values. */
export type JsonObject = Readonly<Record<string, Json>>;

/** A resource as the server stores it. */
export interface StoredItem {
  readonly kind: string;
  readonly version: string;
  readonly metadata: {
    readonly name: string;
    readonly description?: string;
    readonly labels?: Readonly<Record<string, string>> | null;
    readonly expires?: string;
    /** A new UUID at every write. */
    readonly revision: string;
  };
  readonly spec: JsonObject;
  readonly status?: JsonObject;
}

/** Returns the object in a field, or an empty object. */
export function objectIn(parent: JsonObject | undefined, key: string): JsonObject {
  const value = parent?.[key];
  return isObject(value) ? value : {};
}

/** Returns the texts in a field, or an empty list. */
export function textsIn(parent: JsonObject | undefined, key: string): readonly string[] {
  const value = parent?.[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** Returns the text in a field, or an empty text. */
export function textIn(parent: JsonObject | undefined, key: string): string {
  const value = parent?.[key];
  return typeof value === 'string' ? value : '';
}

/** Whether a value is an object of JSON values: neither null nor a list. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Returns the metadata that the server stores for a manifest, always with a new revision.
 * @throws Refusal when the name is missing.
 */
export function newMetadata(known: JsonObject): StoredItem['metadata'] {
  const { name, ...rest } = objectIn(known, 'metadata');
  if (typeof name !== 'string' || !name) throw new Refusal('missing parameter Name');
  return { name, ...rest, revision: randomUUID() };
}
