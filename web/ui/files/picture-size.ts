/** The type of a picture that a browser decodes and that holds no script. */
export type PictureType = "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif";

/** So much of a picture is read to learn its size: a JPEG tells it only after its other data. */
export const MAX_HEAD_BYTES = 1024 * 1024;

/** Segments of a JPEG before its size, and boxes of an AVIF that tell one. Real pictures have a few dozen. */
const MAX_PARTS = 1_000;

/**
 * How many pixels a picture says it has, by its first bytes. A few hundred bytes can say a billion, which no tab can decode.
 * Undefined: it does not say.
 */
export function pixelsIn(type: PictureType, head: Uint8Array<ArrayBuffer>): number | undefined {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  try {
    return PIXELS[type](view);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // It ends too early.
    throw error;
  }
}

const PIXELS: Record<PictureType, (view: DataView) => number | undefined> = {
  "image/png": (view) => view.getUint32(16) * view.getUint32(20),
  "image/gif": (view) => view.getUint16(6, true) * view.getUint16(8, true),
  "image/jpeg": inJpeg,
  "image/webp": inWebp,
  "image/avif": inAvif,
};

/** The first start of frame. Before it come segments, each with its length (ITU-T T.81). */
function inJpeg(view: DataView): number | undefined {
  let at = 2;
  for (let part = 0; part < MAX_PARTS; part++) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff)
      at += 1; // Fill byte.
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return view.getUint16(at + 5) * view.getUint16(at + 7);
    else at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Lossy, lossless, or extended with a canvas (RFC 9649). */
function inWebp(view: DataView): number | undefined {
  switch (view.getUint32(12)) {
    case fourLetters("VP8 "):
      return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff);
    case fourLetters("VP8L"): {
      const bits = view.getUint32(21, true);
      return ((bits & 0x3fff) + 1) * (((bits >>> 14) & 0x3fff) + 1);
    }
    case fourLetters("VP8X"):
      return (1 + (view.getUint32(24, true) & 0xffffff)) * (1 + (view.getUint32(27, true) & 0xffffff));
    default:
      return undefined;
  }
}

/** The largest of the sizes in its `ispe` boxes: of the whole, its tiles and its thumbnail (ISO/IEC 23008-12). */
function inAvif(view: DataView): number | undefined {
  let most: number | undefined;
  let parts = 0;
  for (let at = 4; at + 16 <= view.byteLength && parts < MAX_PARTS; at++) {
    if (view.getUint32(at) !== fourLetters("ispe")) continue;
    most = Math.max(most ?? 0, view.getUint32(at + 8) * view.getUint32(at + 12));
    parts += 1;
  }
  return most;
}

function fourLetters(name: string): number {
  return [...name].reduce((code, letter) => code * 256 + letter.charCodeAt(0), 0);
}
