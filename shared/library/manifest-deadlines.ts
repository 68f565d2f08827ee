import { millis } from "../base/ids.ts";
import type { Info } from "../meta/info.ts";
import type { Deadline } from "../policy/picker/deadlines.ts";

/**
 * Everything waits for the manifest of an encrypted share, so its pieces come first, and peers that tell of their pieces one by one hear
 * that we wait. `info`: see `manifestInfo`.
 */
export function manifestDeadlines({ files: [manifest], layout }: Info): readonly Deadline[] {
  const last = Math.ceil((manifest?.bytes ?? 0) / layout.pieceLength) - 1;
  return [{ first: 0, last, at: millis(0), stepMillis: 0 }];
}
