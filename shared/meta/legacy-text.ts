/** Windows' numbers for encodings that have other names on the web, as `codepage` or `encoding` may give them. */
const CODE_PAGES: ReadonlyMap<string, string> = new Map([
  ["932", "shift_jis"],
  ["936", "gbk"],
  ["949", "euc-kr"],
  ["950", "big5"],
  ["65001", "utf-8"],
]);

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** One character for each byte, so that different names stay different. */
const ONE_BYTE_EACH = new TextDecoder("windows-1252");

type Decoder = InstanceType<typeof TextDecoder>;

/** Turns the byte strings of one torrent into text. */
export class TextReader {
  readonly #declared: Decoder | undefined;
  #hasGuessed = false;

  /** `encoding`: what the torrent says its text is in, such as `GBK`, `cp936` or `936`. Unknown ones count for none. */
  constructor(encoding: string | undefined) {
    this.#declared = encoding === undefined ? undefined : decoderFor(encoding);
  }

  /** Whether some text is in no encoding that we know of, so that it may look wrong. */
  get hasGuessed(): boolean {
    return this.#hasGuessed;
  }

  /** UTF-8 first, whatever is declared: many programs name an encoding and write UTF-8 all the same. */
  read(bytes: Uint8Array): string {
    const text = decoded(UTF8, bytes) ?? (this.#declared && decoded(this.#declared, bytes));
    if (text !== undefined) return text;
    this.#hasGuessed = true;
    return ONE_BYTE_EACH.decode(bytes);
  }
}

function decoderFor(encoding: string): Decoder | undefined {
  const number = /^(?:cp|ms|windows-?)?(\d+)$/i.exec(encoding.trim())?.[1] ?? "";
  const label = CODE_PAGES.get(number) ?? (/^125\d$|^874$/.test(number) ? `windows-${number}` : encoding);
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    return undefined; // A name that nobody knows, or a Node that was built without the tables.
  }
}

function decoded(decoder: Decoder, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
