/** A fixed number of bits, the first one the highest bit of the first byte, as BEP 3 sends them. */
export class Bitfield {
  readonly length: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  #count = 0;

  constructor(length: number) {
    this.length = length;
    this.bytes = new Uint8Array(Math.ceil(length / 8));
  }

  /** Copies `bytes` from the wire. Undefined: the wrong number of bytes, or a spare bit is set. */
  static fromBytes(bytes: Uint8Array, length: number): Bitfield | undefined {
    const field = new Bitfield(length);
    if (bytes.length !== field.bytes.length) return undefined;
    for (let index = 0; index < bytes.length * 8; index++) {
      if (((bytes[index >> 3] ?? 0) & (0x80 >> (index & 7))) === 0) continue;
      if (index >= length) return undefined;
      field.set(index);
    }
    return field;
  }

  static full(length: number): Bitfield {
    const field = new Bitfield(length);
    for (let index = 0; index < length; index++) field.set(index);
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

  /** Sets a bit. False: it was set before, or lies outside. */
  set(index: number): boolean {
    if (index < 0 || index >= this.length || this.has(index)) return false;
    this.bytes[index >> 3] = (this.bytes[index >> 3] ?? 0) | (0x80 >> (index & 7));
    this.#count += 1;
    return true;
  }

  /** Clears a bit. False: it was not set. */
  clear(index: number): boolean {
    if (!this.has(index)) return false;
    this.bytes[index >> 3] = (this.bytes[index >> 3] ?? 0) & ~(0x80 >> (index & 7));
    this.#count -= 1;
    return true;
  }

  copy(): Bitfield {
    return Bitfield.fromBytes(this.bytes, this.length) ?? new Bitfield(this.length);
  }
}
