/** Windows code pages, as in `codepage` or `encoding`, and their names on the web. */
const CODE_PAGES: ReadonlyMap<string, string> = new Map([
  ["932", "shift_jis"],
  ["936", "gbk"],
  ["949", "euc-kr"],
  ["950", "big5"],
  ["65001", "utf-8"],
]);

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** One character for each byte, so that different names stay distinct. */
const ONE_BYTE_EACH = new TextDecoder("windows-1252");

type Decoder = InstanceType<typeof TextDecoder>;

/** Decodes the byte strings of one torrent. */
export class TextReader {
  readonly #declared: Decoder | undefined;
  #hasGuessed = false;

  /** `encoding` is what the torrent claims, such as `GBK`, `cp936` or `936`. Unknown names are ignored. */
  constructor(encoding: string | undefined) {
    this.#declared = encoding === undefined ? undefined : decoderFor(encoding);
  }

  /** Whether some text was in an unknown encoding and may look wrong. */
  get hasGuessed(): boolean {
    return this.#hasGuessed;
  }

  /** Tries UTF-8 first, whatever the torrent declares: many programs name another encoding and write UTF-8 anyway. */
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
    return undefined; // An unknown name, or a Node built without the tables.
  }
}

function decoded(decoder: Decoder, bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
