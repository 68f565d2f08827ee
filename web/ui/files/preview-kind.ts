import { MAX_HEAD_BYTES, type PictureType, pixelsIn } from "./picture-size.ts";
import { shownText } from "./shown-text.ts";
import { MAX_TEXT_BYTES } from "./text-bounds.ts";

/** A larger picture is not decoded: it would cost the tab too much memory. */
export const MAX_PICTURE_BYTES = 16 * 1024 * 1024;
/** The same for pixels, of four bytes each: more than any usual camera makes, and 256 MiB. A small file can hold billions. */
export const MAX_PICTURE_PIXELS = 64 * 1024 * 1024;

/** What a preview shows. */
export type Preview =
  | { readonly type: "picture"; readonly bytes: Blob }
  | { readonly type: "text"; readonly text: string; readonly isCut: boolean }
  | { readonly type: "none"; readonly why: "too-large" | "too-many-pixels" | "broken" | "pdf" | "unknown" };

/** Pictures that a browser decodes and that hold no script, by their first bytes in hexadecimal. SVG holds some: it is text here. */
const PICTURES: readonly { readonly type: PictureType; readonly starts: RegExp }[] = [
  { type: "image/png", starts: /^89504e470d0a1a0a/ },
  { type: "image/jpeg", starts: /^ffd8ff/ },
  { type: "image/gif", starts: /^474946383[79]61/ },
  { type: "image/webp", starts: /^52494646.{8}57454250/ },
  { type: "image/avif", starts: /^.{8}66747970617669(66|73)/ },
];

/** Its text is of no use to a reader, and browsers show no PDF where its scripts could not run. */
const PDF = /^255044462d/;

/** Tells what a file is by its first bytes, never by its name or type: a stranger chose those. */
export async function previewOf(file: Blob): Promise<Preview> {
  const head = await bytesOf(file, MAX_TEXT_BYTES);
  const magic = Array.from(head.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const picture = PICTURES.find(({ starts }) => starts.test(magic));
  if (picture !== undefined) return pictureIn(file, picture.type);
  if (PDF.test(magic)) return { type: "none", why: "pdf" };
  const isCut = file.size > MAX_TEXT_BYTES;
  const text = shownText(head, isCut);
  return text === undefined ? { type: "none", why: "unknown" } : { type: "text", text, isCut };
}

async function pictureIn(file: Blob, type: PictureType): Promise<Preview> {
  if (file.size > MAX_PICTURE_BYTES) return { type: "none", why: "too-large" };
  const pixels = pixelsIn(type, await bytesOf(file, MAX_HEAD_BYTES));
  if (pixels === undefined) return { type: "none", why: "broken" };
  if (pixels > MAX_PICTURE_PIXELS) return { type: "none", why: "too-many-pixels" };
  return { type: "picture", bytes: file.slice(0, file.size, type) };
}

async function bytesOf(file: Blob, count: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await file.slice(0, count).arrayBuffer());
}
