import type { AccountRecord, KeyRecord, SessionRecord } from "../../core/record-store.ts";
import { MAX_RECORD_CHARACTERS } from "../../limits/nodes.ts";

/** The records that Redis keeps as JSON, by the hash that they are in. */
export interface JsonRecords {
  readonly accounts: AccountRecord;
  readonly sessions: SessionRecord;
  readonly keys: KeyRecord;
}

/** What a record consists of. Times are whole numbers. */
interface Shape {
  /** The field that is also the name of the record in its hash. */
  readonly name: string;
  readonly texts: readonly string[];
  readonly optionalTexts: readonly string[];
  readonly times: readonly string[];
  readonly optionalTimes: readonly string[];
  readonly flags: readonly string[];
}

const SHAPES: { readonly [Table in keyof JsonRecords]: Shape } = {
  accounts: {
    name: "id",
    texts: ["id", "name", "foldedName", "passwordHash"],
    optionalTexts: ["knownNetworks"],
    times: ["createdAt"],
    optionalTimes: ["bannedAt"],
    flags: ["isAdmin"],
  },
  sessions: {
    name: "hash",
    texts: ["hash", "account"],
    optionalTexts: [],
    times: ["createdAt", "expiresAt"],
    optionalTimes: [],
    flags: [],
  },
  keys: {
    name: "id",
    texts: ["id", "hash", "account", "name"],
    optionalTexts: [],
    times: ["createdAt"],
    optionalTimes: ["lastUsedAt", "expiresAt", "revokedAt"],
    flags: [],
  },
};

/** A record as Redis has it under that name. Undefined: it cannot be read, because another version of Tabswarm, or something else, wrote it. */
export function parseRecordJson<Table extends keyof JsonRecords>(
  table: Table,
  name: string,
  text: string,
): JsonRecords[Table] | undefined {
  if (text.length > MAX_RECORD_CHARACTERS) return undefined;
  const { texts, optionalTexts, times, optionalTimes, flags, ...shape } = SHAPES[table];
  const written = parseJson(text);
  const isRight =
    written[shape.name] === name &&
    texts.every((field) => typeof written[field] === "string") &&
    optionalTexts.every((field) => written[field] === undefined || typeof written[field] === "string") &&
    times.every((field) => Number.isSafeInteger(written[field])) &&
    optionalTimes.every((field) => written[field] === undefined || Number.isSafeInteger(written[field])) &&
    flags.every((field) => typeof written[field] === "boolean");
  if (!isRight) return undefined;
  // Fields that we do not know are left out.
  const fields = [...texts, ...optionalTexts, ...times, ...optionalTimes, ...flags].filter(
    (field) => field in written,
  );
  return Object.fromEntries(fields.map((field) => [field, written[field]])) as unknown as JsonRecords[Table];
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
