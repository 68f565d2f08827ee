import type { RawValue } from "./json-scanner.ts";

/**
 * What to keep of a JSON value: its bytes as they are, an object's named fields, or a list's items. Whatever does not fit
 * its shape is kept as bytes.
 */
export type Shape = "raw" | ObjectShape<string> | ListShape;

/** What a scan has found. JSON's null is undefined, as clients treat it like a missing field. */
export type Scanned = RawValue | ScannedObject<string> | readonly Scanned[] | undefined;

/** A list whose items have one shape. */
export class ListShape {
  readonly items: Shape;

  constructor(items: Shape) {
    this.items = items;
  }
}

interface Field<Name extends string> {
  readonly name: Name;
  readonly bytes: Uint8Array;
  readonly shape: Shape;
}

/** An object of which only the named fields matter. */
export class ObjectShape<Name extends string> {
  /** By the length of their names. */
  readonly #fields: (readonly Field<Name>[] | undefined)[] = [];
  readonly #blank: Record<Name, Scanned>;

  constructor(shapes: Readonly<Record<Name, Shape>>) {
    const names = Object.keys(shapes) as Name[];
    this.#blank = Object.fromEntries(names.map((name) => [name, undefined])) as Record<Name, undefined>;
    for (const name of names) {
      const field = { name, bytes: new TextEncoder().encode(name), shape: shapes[name] };
      this.#fields[name.length] = [...(this.#fields[name.length] ?? []), field];
    }
  }

  /** An object of this shape without any field. */
  blank(): ScannedObject<Name> {
    return new ScannedObject(this, { ...this.#blank });
  }

  /** The field whose name these bytes are. Undefined: it does not matter. */
  field(bytes: Uint8Array, start: number, end: number): Field<Name> | undefined {
    const fields = this.#fields[end - start];
    if (fields === undefined) return undefined;
    for (const field of fields) if (isSame(field.bytes, bytes, start)) return field;
    return undefined;
  }
}

/** An object as it was scanned. The fields that it lacks are undefined. */
export class ScannedObject<Name extends string> {
  readonly #shape: ObjectShape<Name>;
  readonly fields: Record<Name, Scanned>;

  constructor(shape: ObjectShape<Name>, fields: Record<Name, Scanned>) {
    this.#shape = shape;
    this.fields = fields;
  }

  has<Other extends string>(shape: ObjectShape<Other>): this is ScannedObject<Other> {
    return (this.#shape as unknown) === shape;
  }
}

function isSame(name: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < name.length; at++) if (name[at] !== bytes[start + at]) return false;
  return true;
}
