/** Colours and the like that programs write for terminals (ECMA-48): they are not part of the text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it looks for.
const ESCAPES = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,2000}(?:\x07|\x1b\\)|[ -/]{0,4}[0-Z\\^-~])/g;
/** A control character that no text has. */
const CONTROL = /(?![\t\n\v\f\r])\p{Cc}/gu;
/** More of them, and the file is no text: one in so many characters. */
const FEWEST_BETWEEN = 100;
/** Bytes by which we tell UTF-16 without a mark. */
const LOOKED_AT = 1_024;

/** A text that people type or paste, without what nobody sees in it and some texts must not have. */
export function plainText(text: string): string {
  return text.replace(ESCAPES, "").replace(CONTROL, "");
}

/** The text in a file's first bytes, fit to be shown. `isCut`: more follow. Undefined: it is no text. */
export function shownText(head: Uint8Array<ArrayBuffer>, isCut: boolean): string | undefined {
  const text = decoded(head, isCut).replace(ESCAPES, "").replace(/\r\n?/g, "\n");
  const controls = text.match(CONTROL)?.length ?? 0;
  if (controls * FEWEST_BETWEEN > text.length || text.includes("\0")) return undefined;
  return text.replace(CONTROL, pictured);
}

/** A character that the end cuts is left out. */
function decoded(head: Uint8Array<ArrayBuffer>, isCut: boolean): string {
  const wide = wideEncoding(head);
  if (wide !== undefined) return new TextDecoder(wide).decode(head, { stream: isCut });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: isCut });
  } catch {
    return new TextDecoder("windows-1252").decode(head);
  }
}

/** By its mark, or because every other byte of Western text is zero. */
function wideEncoding(head: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  const start = head.subarray(0, LOOKED_AT);
  const zeros = [0, 0];
  for (const [at, byte] of start.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > start.length / 4 && even === 0) return "utf-16le";
  if (even > start.length / 4 && odd === 0) return "utf-16be";
  return undefined;
}

/** Unicode's pictures of control characters: ␛ for the escape. */
function pictured(control: string): string {
  const code = control.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\u2421";
}
