import { decodeBencodeStrictly, encodeBencode, isDict } from "../base/bencode.ts";
import { putU32 } from "../base/bytes.ts";
import { ProtocolError, UsageError } from "../base/errors.ts";
import { encodableFileList } from "../meta/create.ts";
import { type FileList, MAX_INFO_BYTES, readFileList } from "../meta/info.ts";
import { CHECK_BYTES, RECORD_PLAIN_BYTES, recordsFor } from "./records.ts";

/** Its length, in four bytes, before the manifest itself. */
const LENGTH_BYTES = 4;

/** As long as an info dictionary may be: it names the same files. */
const MAX_MANIFEST_BYTES = MAX_INFO_BYTES;

/** The contents of the manifest's records: the check, the length, the list of files in bencode, and zeros. Throws a `UsageError`. */
export function encodeManifest(list: FileList, check: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoded = encodeBencode(encodableFileList(list));
  if (encoded.length > MAX_MANIFEST_BYTES)
    throw new UsageError("tooMuch", "Those are too many files for one share. Choose fewer.");
  const whole = new Uint8Array(manifestRecords(encoded.length) * RECORD_PLAIN_BYTES);
  whole.set(check);
  putU32(whole, CHECK_BYTES, encoded.length);
  whole.set(encoded, CHECK_BYTES + LENGTH_BYTES);
  return whole;
}

/** How many records the manifest takes, by the contents of the first. Throws a `ProtocolError`. */
export function manifestRecordsOf(first: Uint8Array): number {
  const length = new DataView(first.buffer, first.byteOffset, first.length).getUint32(CHECK_BYTES);
  if (length > MAX_MANIFEST_BYTES)
    throw new ProtocolError(
      "manifestTooLarge",
      "The list of files in this encrypted share is larger than 10 MB, which is more than Tabswarm accepts. Ask for a share of fewer files.",
    );
  return manifestRecords(length);
}

/** Reads the contents of all its records. Throws a `ProtocolError`. */
export function parseManifest(contents: Uint8Array): FileList {
  if (contents.length < RECORD_PLAIN_BYTES) throw badManifest();
  const isWhole = manifestRecordsOf(contents) * RECORD_PLAIN_BYTES === contents.length;
  if (!isWhole) throw badManifest();
  const start = CHECK_BYTES + LENGTH_BYTES;
  const length = new DataView(contents.buffer, contents.byteOffset, contents.length).getUint32(CHECK_BYTES);
  try {
    const dict = decodeBencodeStrictly(contents.subarray(start, start + length));
    if (!isDict(dict)) throw badManifest();
    return readFileList(dict);
  } catch (error) {
    throw error instanceof ProtocolError ? badManifest(error.code) : error;
  }
}

/** `code`: what is wrong with it, for programs. */
function badManifest(code = "badManifest"): ProtocolError {
  return new ProtocolError(code, "The list of files in this encrypted share is damaged. Ask for a new link.");
}

function manifestRecords(bytes: number): number {
  return recordsFor(CHECK_BYTES + LENGTH_BYTES + bytes);
}
