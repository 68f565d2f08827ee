import { withoutInvisible } from "../base/printable.ts";

/** UTF-8 bytes of one path part. File systems allow 255, and code that saves may append something like `.part`. */
export const MAX_NAME_BYTES = 240;

/** Bytes of a path below the torrent's folder. macOS allows 1,024 for a whole path from the root. */
export const MAX_PATH_BYTES = 800;

const MAX_EXTENSION_BYTES = 32; // Anything longer is not an extension, and is cut with the rest of the name.
const NUMBER_BYTES = 16; // Room for ` (123456)`.

/** Control characters, lone surrogates, line ends, and what Windows forbids. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}<>:"/\\|?*]/gu;

/** Device names on Windows, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i;

const UTF8 = new TextEncoder();

/** A folder that is being filled. Its keys are `folded` names. */
interface Folder {
  /** Ends in `/`, except for the root. */
  readonly path: string;
  readonly pathBytes: number;
  readonly folders: Map<string, Folder>;
  readonly files: Set<string>;
  /** The next number to try for each taken name. */
  readonly numbers: Map<string, number>;
}

/**
 * Paths for a torrent's files that any file system keeps distinct and inside the torrent's folder, in the order of the files,
 * separated by `/`. The same list gives the same paths everywhere, and ordinary names do not change. Pass names from outside
 * through this or `safeName` before they reach a file system or an archive.
 *
 * Folders whose names differ only in case become one folder. A file whose name is taken gets a number.
 */
export function safePaths({ files }: { readonly files: readonly { readonly path: string }[] }): string[] {
  const root = newFolder("", 0);
  // All folders first: a file with the name of a folder gives way, whatever their order.
  const places = files.map(({ path }) => {
    const parts = path.split("/");
    const name = safeName(parts.pop() ?? "");
    return { folder: parts.reduce(subfolder, root), name };
  });
  return places.map(({ folder, name }) => folder.path + claim(folder, name));
}

/** Makes one file or folder name safe, regardless of its neighbours. The result is never empty. */
export function safeName(text: string): string {
  return safePart(text) || "unnamed";
}

/** Cuts a name to `maxBytes` of UTF-8, keeping its extension. */
export function cutName(name: string, maxBytes: number): string {
  if (name.length * 3 <= maxBytes || utf8Bytes(name) <= maxBytes) return name; // No UTF-16 unit takes more than 3.
  const { stem, extension } = splitName(name);
  return cutBytes(stem, maxBytes - utf8Bytes(extension)) + extension;
}

/** May be empty, as for `.` and `..`, which therefore lead nowhere. */
function safePart(text: string): string {
  const clean = withoutTail(withoutInvisible(text).replace(FORBIDDEN, "_"));
  // Once more, because a cut name may end differently.
  return notReserved(withoutTail(cutName(notReserved(clean), MAX_NAME_BYTES)));
}

function subfolder(parent: Folder, part: string): Folder {
  const name = safePart(part);
  if (name === "") return parent;
  const key = folded(name);
  const known = parent.folders.get(key);
  if (known !== undefined) return known;

  const pathBytes = parent.pathBytes + utf8Bytes(name) + 1;
  if (pathBytes + MAX_NAME_BYTES > MAX_PATH_BYTES) return parent; // Too deep: put its contents here.
  const folder = newFolder(`${parent.path}${name}/`, pathBytes);
  parent.folders.set(key, folder);
  return folder;
}

function newFolder(path: string, pathBytes: number): Folder {
  return { path, pathBytes, folders: new Map(), files: new Set(), numbers: new Map() };
}

/** Takes the name, or the first free numbered one. */
function claim(folder: Folder, name: string): string {
  if (take(folder, name)) return name;
  const { stem, extension } = splitName(name);
  const start = cutBytes(stem, MAX_NAME_BYTES - NUMBER_BYTES - utf8Bytes(extension));
  const key = folded(start + extension);
  for (let number = folder.numbers.get(key) ?? 2; ; number++) {
    const numbered = `${start} (${number})${extension}`;
    if (!take(folder, numbered)) continue;
    folder.numbers.set(key, number + 1); // So that a thousand equal names do not all count from 2.
    return numbered;
  }
}

function take({ folders, files }: Folder, name: string): boolean {
  const key = folded(name);
  if (folders.has(key) || files.has(key)) return false;
  files.add(key);
  return true;
}

/** Equal for names that some file system treats as the same. */
function folded(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase();
}

/** Windows drops trailing dots and spaces. A loop, because a regular expression would take quadratic time. */
function withoutTail(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s.]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function notReserved(name: string): string {
  return RESERVED.test(name) ? `_${name}` : name;
}

function splitName(name: string): { readonly stem: string; readonly extension: string } {
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 ? name.slice(dot) : "";
  return utf8Bytes(extension) > MAX_EXTENSION_BYTES
    ? { stem: name, extension: "" }
    : { stem: name.slice(0, name.length - extension.length), extension };
}

/** The longest prefix of at most `maxBytes` that does not split a character. */
function cutBytes(text: string, maxBytes: number): string {
  const bytes = UTF8.encode(text);
  if (bytes.length <= maxBytes) return text;
  let end = maxBytes;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(bytes.subarray(0, end));
}

function utf8Bytes(text: string): number {
  return UTF8.encode(text).length;
}
