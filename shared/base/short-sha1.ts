/** The longest message that `shortSha1` takes: the only block holds it, a bit and its length. */
const MAX_BYTES = 55;
const BLOCK_BYTES = 64;

/** Of each 20 rounds. */
const CONSTANTS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6] as const;
const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as const;

const WORDS = new Int32Array(80);

/**
 * SHA-1 (RFC 3174) of at most 55 bytes, at once and on every platform. Pieces are hashed by the platform, which is faster and
 * takes longer messages.
 */
export function shortSha1(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  if (bytes.length > MAX_BYTES) throw new RangeError(`${bytes.length} bytes are too many`);
  const block = new Uint8Array(BLOCK_BYTES);
  block.set(bytes);
  block[bytes.length] = 0x80;
  const input = new DataView(block.buffer);
  input.setUint32(BLOCK_BYTES - 4, bytes.length * 8);
  for (let at = 0; at < 16; at++) WORDS[at] = input.getUint32(at * 4);
  for (let at = 16; at < 80; at++)
    WORDS[at] = rotated(word(at - 3) ^ word(at - 8) ^ word(at - 14) ^ word(at - 16), 1);

  let [a, b, c, d, e]: readonly [number, number, number, number, number] = INITIAL;
  for (let at = 0; at < 80; at++) {
    const quarter = Math.floor(at / 20);
    const mixed = rotated(a, 5) + mix(quarter, b, c, d) + e + (CONSTANTS[quarter] ?? 0) + word(at);
    e = d;
    d = c;
    c = rotated(b, 30);
    b = a;
    a = mixed | 0;
  }

  const digest = new DataView(new ArrayBuffer(20));
  for (const [at, value] of [a, b, c, d, e].entries()) digest.setUint32(at * 4, value + (INITIAL[at] ?? 0));
  return new Uint8Array(digest.buffer);
}

function word(at: number): number {
  return WORDS[at] ?? 0;
}

function rotated(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function mix(quarter: number, b: number, c: number, d: number): number {
  if (quarter === 0) return (b & c) | (~b & d);
  return quarter === 2 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
}
