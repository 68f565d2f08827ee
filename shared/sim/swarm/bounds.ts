import type { PeerGroup, SwarmSetup } from "./setup.ts";

/** The least time in which everybody can have everything, in seconds. */
export interface Bounds {
  /** For a fluid: max(F/u_s, F/d, N·F/(u_s + Σu)) (Kumar and Ross, HotWeb 2006). */
  readonly fluid: number;
  /** For whole pieces and equal rates: (1 + ⌊log2 N⌋/M)·F/u (Mundinger, Weber and Weiss, 2008). Undefined: rates differ. */
  readonly pieces: number | undefined;
}

export function boundsOf(setup: SwarmSetup): Bounds {
  const bytes = totalBytes(setup);
  const honest = setup.groups.filter(
    ({ poisonsEvery, attack }) => poisonsEvery === 0 && attack === undefined,
  );
  const sources = honest.filter(({ seeds }) => seeds);
  const takers = honest.filter(({ seeds }) => !seeds);
  const takerCount = sum(takers, ({ count }) => count);
  const up = (groups: readonly PeerGroup[]): number =>
    sum(groups, (group) => (group.serves ? group.count * upOf(group) : 0));
  const slowest = Math.min(...takers.map(downOf));
  const fluid = Math.max(
    bytes / up(sources),
    bytes / slowest,
    (takerCount * bytes) / (up(sources) + up(takers)),
  );
  const rates = new Set(honest.map(upOf));
  const isEqual = rates.size === 1 && sum(sources, ({ count }) => count) === 1 && takerCount > 0;
  const [rate = 0] = rates;
  const pieces = isEqual ? (1 + floorLog2(takerCount) / setup.pieces) * (bytes / rate) : undefined;
  return { fluid, pieces };
}

export function totalBytes({ pieces, pieceBytes, lastPieceBytes }: SwarmSetup): number {
  return (pieces - 1) * pieceBytes + lastPieceBytes;
}

/** What a peer can upload, in bytes a second. */
export function upOf({ upBytesPerSecond, rates }: PeerGroup): number {
  return Math.min(upBytesPerSecond, rates?.up ?? Number.POSITIVE_INFINITY);
}

function downOf({ downBytesPerSecond, rates }: PeerGroup): number {
  return Math.min(downBytesPerSecond, rates?.down ?? Number.POSITIVE_INFINITY);
}

/** Exact, on every machine. */
function floorLog2(value: number): number {
  return 31 - Math.clz32(value);
}

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
