/** So much of a text is shown. */
export const MAX_TEXT_BYTES = 64 * 1024;
/** A larger picture is not decoded: it would cost the tab too much memory. */
export const MAX_PICTURE_BYTES = 16 * 1024 * 1024;

/** What a preview shows. */
export type Preview =
  | { readonly type: "picture"; readonly bytes: Blob }
  | { readonly type: "text"; readonly text: string; readonly isCut: boolean }
  | { readonly type: "none"; readonly why: "too-large" | "unknown" };

/** Pictures that a browser decodes and that hold no script, by their first bytes in hexadecimal. SVG holds some: it is text here. */
const PICTURES: readonly { readonly type: string; readonly starts: RegExp }[] = [
  { type: "image/png", starts: /^89504e470d0a1a0a/ },
  { type: "image/jpeg", starts: /^ffd8ff/ },
  { type: "image/gif", starts: /^474946383[79]61/ },
  { type: "image/webp", starts: /^52494646.{8}57454250/ },
  { type: "image/avif", starts: /^.{8}66747970617669(66|73)/ },
];

/** A control character that no text has. */
const BINARY = /(?![\t\n\v\f\r])\p{Cc}/u;

/** Tells what a file is by its first bytes, never by its name or type: a stranger chose those. */
export async function previewOf(file: Blob): Promise<Preview> {
  const head = new Uint8Array(await file.slice(0, MAX_TEXT_BYTES).arrayBuffer());
  const magic = Array.from(head.subarray(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const picture = PICTURES.find(({ starts }) => starts.test(magic));
  if (picture === undefined) return textOf(head, file.size > MAX_TEXT_BYTES);
  if (file.size > MAX_PICTURE_BYTES) return { type: "none", why: "too-large" };
  return { type: "picture", bytes: file.slice(0, file.size, picture.type) };
}

function textOf(head: Uint8Array, isCut: boolean): Preview {
  const text = decoded(head, isCut);
  return BINARY.test(text) ? { type: "none", why: "unknown" } : { type: "text", text, isCut };
}

/** As UTF-8, or as old Windows text. A character that the end cuts is left out. */
function decoded(head: Uint8Array, isCut: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: isCut });
  } catch {
    return new TextDecoder("windows-1252").decode(head);
  }
}
