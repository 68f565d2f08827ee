import type { PieceIndex } from "../base/ids.ts";
import type { PiecePicker } from "../policy/picker/picker.ts";

/** The two highest bits of each byte: what we have of the piece, as its place here. */
const STATES = ["missing", "begun", "held", "notWanted"] as const;
/** The other six bits: how many connected peers have it, this many at most. */
const MAX_COPIES = 63;

/** One byte for each piece. It looks at all of them, so it is made only when somebody asks. */
export function pieceMap(picker: PiecePicker): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: picker.held.length }, (_, index) => {
    const piece = index as PieceIndex;
    const copies = Math.min(picker.availability(piece), MAX_COPIES);
    return (STATES.indexOf(picker.stateOf(piece)) << 6) | copies;
  });
}

/** Those of these pieces that are in the map and not held. Undefined: there is no map. */
export function missingOf(map: Uint8Array | undefined, pieces: readonly PieceIndex[]): readonly PieceIndex[] {
  return pieces.filter((piece) => {
    const byte = map?.[piece];
    return byte !== undefined && STATES[byte >> 6] !== "held";
  });
}

/** Whether a piece is held. */
export function isHeldIn(map: Uint8Array | undefined, piece: PieceIndex): boolean {
  const byte = map?.[piece];
  return byte !== undefined && STATES[byte >> 6] === "held";
}

/** The pieces that are held, in ascending order. Undefined: there is no map. */
export function heldIn(map: Uint8Array | undefined): readonly PieceIndex[] {
  const indices = Array.from(map ?? [], (byte, piece) => (STATES[byte >> 6] === "held" ? piece : -1));
  return indices.filter((piece) => piece >= 0) as PieceIndex[];
}
