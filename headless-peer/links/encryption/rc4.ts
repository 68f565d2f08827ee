/** Bytes of key stream that message stream encryption throws away first: they would tell of the key. */
const DISCARDED_BYTES = 1024;

/** The RC4 stream cipher, as message stream encryption uses it. OpenSSL 3 no longer has it. It hides; it does not protect. */
export class Rc4 {
  readonly #state = new Uint8Array(256);
  #i = 0;
  #j = 0;

  constructor(key: Uint8Array) {
    const state = this.#state;
    for (let i = 0; i < 256; i++) state[i] = i;
    for (let i = 0, j = 0; i < 256; i++) {
      const here = state[i] as number;
      j = (j + here + (key[i % key.length] as number)) & 255;
      state[i] = state[j] as number;
      state[j] = here;
    }
  }

  /** A cipher that has thrown away the beginning of its key stream. */
  static discarding(key: Uint8Array): Rc4 {
    const cipher = new Rc4(key);
    cipher.apply(new Uint8Array(DISCARDED_BYTES));
    return cipher;
  }

  /** Encrypts or decrypts in place: both are the same. */
  apply(bytes: Uint8Array): void {
    this.applyTo(bytes, bytes);
  }

  /** Writes the encrypted or decrypted bytes into `target`, which is as long. */
  applyTo(bytes: Uint8Array, target: Uint8Array): void {
    const state = this.#state;
    let i = this.#i;
    let j = this.#j;
    for (let at = 0; at < bytes.length; at++) {
      i = (i + 1) & 255;
      const one = state[i] as number;
      j = (j + one) & 255;
      const other = state[j] as number;
      state[i] = other;
      state[j] = one;
      target[at] = (bytes[at] as number) ^ (state[(one + other) & 255] as number);
    }
    this.#i = i;
    this.#j = j;
  }
}
