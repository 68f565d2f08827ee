/** A JSON Schema. */
export type Schema = Readonly<Record<string, unknown>>;

/** The schema of a field that may be absent. */
interface Optional {
  readonly optional: Schema;
}

/** A schema for each field of a shape, so that a document names neither more nor fewer. */
export type Fields<Shape> = {
  readonly [Key in keyof Shape]-?: undefined extends Shape[Key]
    ? Optional
    : object extends Pick<Shape, Key>
      ? Optional
      : Schema;
};

/** The schema of a field that may be absent; `description` says when. */
export function optional(schema: Schema, description: string): Optional {
  return { optional: { ...schema, description } };
}

/** The schema of a list. */
export function listOf(items: Schema): Schema {
  return { type: "array", items };
}

/** The schema of an object. */
export function shape<Shape>(fields: Fields<Shape>): Schema {
  const entries = Object.entries<Schema | Optional>(fields);
  return {
    type: "object",
    required: entries.filter(([, field]) => !("optional" in field)).map(([name]) => name),
    properties: Object.fromEntries(
      entries.map(([name, field]) => [name, "optional" in field ? field.optional : field]),
    ),
  };
}
