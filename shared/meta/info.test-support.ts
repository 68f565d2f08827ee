import { type Encodable, encodeBencode } from "../base/bencode.ts";
import { ProtocolError } from "../base/errors.ts";
import { HASH_BYTES } from "./info.ts";

/** The fields of a dictionary. */
export type Fields = Record<string, Encodable>;

export const dict = (fields: Fields): ReadonlyMap<string, Encodable> => new Map(Object.entries(fields));
export const hashes = (count: number): Uint8Array => new Uint8Array(count * HASH_BYTES).fill(7);
export const file = (length: number, ...path: string[]): Encodable => dict({ length, path });

export const ONE_FILE: Fields = { name: "a.txt", "piece length": 16_384, pieces: hashes(2), length: 20_000 };
export const FOLDER: Fields = {
  name: "Ảnh",
  "piece length": 16_384,
  pieces: hashes(2),
  files: [file(20_000, "b", "1.jpg"), file(0, "empty"), file(5, "😀")],
};

/** An info dictionary with some fields changed, or removed where the change is undefined. */
export function info(base: Fields, changes: Record<string, Encodable | undefined> = {}): Uint8Array {
  const entries = Object.entries({ ...base, ...changes });
  return encodeBencode(
    new Map(entries.filter((entry): entry is [string, Encodable] => entry[1] !== undefined)),
  );
}

export function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "no error";
}
