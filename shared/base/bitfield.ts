/** The number of set bits in each byte value. */
const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

/** A fixed number of bits. The first is the highest bit of the first byte, as in BEP 3. */
export class Bitfield {
  readonly length: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  #count = 0;

  constructor(length: number) {
    this.length = length;
    this.bytes = new Uint8Array(Math.ceil(length / 8));
  }

  /** Copies `bytes` from the wire. Undefined if their number is wrong or a spare bit is set. */
  static fromBytes(bytes: Uint8Array, length: number): Bitfield | undefined {
    const field = new Bitfield(length);
    const last = bytes.at(-1) ?? 0;
    if (bytes.length !== field.bytes.length || (last & spareBits(length)) !== 0) return undefined;
    field.bytes.set(bytes);
    for (const byte of bytes) field.#count += ONES[byte] ?? 0;
    return field;
  }

  /** A field with every bit set. */
  static full(length: number): Bitfield {
    const field = new Bitfield(length);
    const last = field.bytes.length - 1;
    field.bytes.fill(0xff);
    if (last >= 0) field.bytes[last] = 0xff & ~spareBits(length);
    field.#count = length;
    return field;
  }

  /** How many bits are set. */
  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.length;
  }

  has(index: number): boolean {
    return ((this.bytes[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0;
  }

  /** Sets a bit. Returns false if it was already set or is out of range. */
  set(index: number): boolean {
    if (index < 0 || index >= this.length || this.has(index)) return false;
    this.bytes[index >> 3] = (this.bytes[index >> 3] ?? 0) | (0x80 >> (index & 7));
    this.#count += 1;
    return true;
  }

  /** Sets every bit that is set in another field of the same length. */
  add({ bytes }: Bitfield): void {
    for (let at = 0; at < bytes.length; at++) {
      const before = this.bytes[at] ?? 0;
      const news = (bytes[at] ?? 0) & ~before;
      this.bytes[at] = before | news;
      this.#count += ONES[news] ?? 0;
    }
  }

  /** Clears a bit. Returns false if it was not set. */
  clear(index: number): boolean {
    if (!this.has(index)) return false;
    this.bytes[index >> 3] = (this.bytes[index >> 3] ?? 0) & ~(0x80 >> (index & 7));
    this.#count -= 1;
    return true;
  }

  /** The set bits in ascending order. */
  *indices(): Iterable<number> {
    for (let at = 0; at < this.bytes.length; at++) {
      const byte = this.bytes[at] ?? 0;
      for (let bit = 0; byte !== 0 && bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) yield at * 8 + bit;
    }
  }

  copy(): Bitfield {
    return Bitfield.fromBytes(this.bytes, this.length) ?? new Bitfield(this.length);
  }
}

/** The unused bits of the last byte. */
function spareBits(length: number): number {
  return length % 8 === 0 ? 0 : 0xff >> (length % 8);
}
