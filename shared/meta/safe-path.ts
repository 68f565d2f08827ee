import { withoutInvisible } from "../base/printable.ts";

/** Bytes (UTF-8) of one part of a path: file systems take 255, and whoever saves may add an ending such as `.part`. */
export const MAX_NAME_BYTES = 240;

/** Bytes of a whole path below the torrent's folder: macOS takes 1,024 for everything from the root on. */
export const MAX_PATH_BYTES = 800;

const MAX_EXTENSION_BYTES = 32; // What is longer is no extension, and is cut like the rest of the name.
const NUMBER_BYTES = 16; // Room for ` (123456)`.

/** Control characters, halves of characters, line ends, and what Windows forbids. */
const FORBIDDEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}<>:"/\\|?*]/gu;

/** Devices on Windows, with any extension. */
const RESERVED = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\.|$)/i;

const UTF8 = new TextEncoder();

/** A folder as it is being filled. Names are kept as `folded`. */
interface Folder {
  /** Ends in `/`, but for the root. */
  readonly path: string;
  readonly pathBytes: number;
  readonly folders: Map<string, Folder>;
  readonly files: Set<string>;
  /** The next number to try for a name that is taken. */
  readonly numbers: Map<string, number>;
}

/**
 * Paths of a torrent's files under which any file system keeps them all apart and inside the torrent's folder, in the
 * order of the files, parts joined by `/`. The same list gives the same paths everywhere; ordinary names stay as they are.
 * Every name from outside goes through here or through `safeName` before it meets a file system or an archive.
 *
 * Folders whose names differ in case only become one folder. A file whose name is taken gets a number.
 */
export function safePaths({ files }: { readonly files: readonly { readonly path: string }[] }): string[] {
  const root = newFolder("", 0);
  // All folders first: a file that is named like a folder is the one to give way, whatever their order.
  const places = files.map(({ path }) => {
    const parts = path.split("/");
    const name = safeName(parts.pop() ?? "");
    return { folder: parts.reduce(subfolder, root), name };
  });
  return places.map(({ folder, name }) => folder.path + claim(folder, name));
}

/** One part of a path made safe: a file's or folder's name without regard to its neighbours. Never empty. */
export function safeName(text: string): string {
  return safePart(text) || "unnamed";
}

/** A name of at most so many bytes (UTF-8), its extension kept. */
export function cutName(name: string, mostBytes: number): string {
  if (name.length * 3 <= mostBytes || utf8Bytes(name) <= mostBytes) return name; // No UTF-16 unit takes more than 3.
  const { stem, extension } = splitName(name);
  return cutBytes(stem, mostBytes - utf8Bytes(extension)) + extension;
}

/** Empty where nothing is left: so `.` and `..` lead nowhere. */
function safePart(text: string): string {
  const clean = withoutTail(withoutInvisible(text).replace(FORBIDDEN, "_"));
  // A second time, as a name may end differently once it is cut.
  return notReserved(withoutTail(cutName(notReserved(clean), MAX_NAME_BYTES)));
}

function subfolder(parent: Folder, part: string): Folder {
  const name = safePart(part);
  if (name === "") return parent;
  const key = folded(name);
  const known = parent.folders.get(key);
  if (known !== undefined) return known;

  const pathBytes = parent.pathBytes + utf8Bytes(name) + 1;
  if (pathBytes + MAX_NAME_BYTES > MAX_PATH_BYTES) return parent; // Too deep: what is below lies here.
  const folder = newFolder(`${parent.path}${name}/`, pathBytes);
  parent.folders.set(key, folder);
  return folder;
}

function newFolder(path: string, pathBytes: number): Folder {
  return { path, pathBytes, folders: new Map(), files: new Set(), numbers: new Map() };
}

/** Takes the name, or the first numbered one that is free. */
function claim(folder: Folder, name: string): string {
  if (take(folder, name)) return name;
  const { stem, extension } = splitName(name);
  const start = cutBytes(stem, MAX_NAME_BYTES - NUMBER_BYTES - utf8Bytes(extension));
  const key = folded(start + extension);
  for (let number = folder.numbers.get(key) ?? 2; ; number++) {
    const numbered = `${start} (${number})${extension}`;
    if (!take(folder, numbered)) continue;
    folder.numbers.set(key, number + 1); // So that a thousand equal names do not each count from 2.
    return numbered;
  }
}

function take({ folders, files }: Folder, name: string): boolean {
  const key = folded(name);
  if (folders.has(key) || files.has(key)) return false;
  files.add(key);
  return true;
}

/** Equal for names that some file system takes for the same. */
function folded(name: string): string {
  return name.normalize("NFC").toUpperCase().toLowerCase();
}

/** Windows drops dots and spaces at the end. A loop, because a pattern would look again from each of them. */
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

/** The start of a text, at most so many bytes, no character cut in two. */
function cutBytes(text: string, most: number): string {
  const bytes = UTF8.encode(text);
  if (bytes.length <= most) return text;
  let end = most;
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(bytes.subarray(0, end));
}

function utf8Bytes(text: string): number {
  return UTF8.encode(text).length;
}
