import { Buffer } from "node:buffer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// They turn an input, which is always bytes, into what a parser takes.

const UTF8 = new TextDecoder();

/** For a parser of text that was decoded from UTF-8. */
export const ofText =
  <Value>(parse: (text: string) => Value) =>
  (input: Uint8Array): Value =>
    parse(UTF8.decode(input));

/** For a parser of text with one character for each byte, such as what Node reads from HTTP. */
export const ofLatin1 =
  <Value>(parse: (text: string) => Value) =>
  (input: Uint8Array): Value =>
    parse(Buffer.from(input).toString("latin1"));

/** For a parser that wants Node's own kind of byte array. */
export const ofBuffer =
  <Value>(parse: (bytes: Buffer) => Value) =>
  (input: Uint8Array): Value =>
    parse(Buffer.from(input.buffer, input.byteOffset, input.byteLength));

/** For a parser of a JSON value that somebody else has decoded. */
export const ofJson =
  <Value>(parse: (value: unknown) => Value) =>
  (input: Uint8Array): Value | "not JSON" => {
    let value: unknown;
    try {
      value = JSON.parse(UTF8.decode(input));
    } catch {
      return "not JSON";
    }
    return parse(value);
  };

/** For a parser of a file: writes the input under that name into an empty folder, which goes away afterwards. */
export const ofFile =
  <Value>(name: string, parse: (path: string, folder: string) => Value | Promise<Value>) =>
  async (input: Uint8Array): Promise<Value> => {
    const folder = mkdtempSync(join(tmpdir(), "tabswarm-fuzz-"));
    try {
      const path = join(folder, name);
      writeFileSync(path, input);
      return await parse(path, folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
