import type { LinkId } from "../base/ids.ts";
import type { LinkEnd, LinkKind } from "../session/link-end.ts";
import type { Line } from "./line.ts";

/** An owner of links. */
export interface Party {
  offerAnswered(link: LinkId): void;
  linkOpened(link: LinkId): void;
  /** The bytes are only lent. */
  bytesArrived(link: LinkId, bytes: Uint8Array): void;
  linkDrained(link: LinkId, queuedBytes: number): void;
  linkClosed(link: LinkId, reason: LinkEnd): void;
}

/** One side of a link, and what it has still to send. */
export interface End {
  readonly link: LinkId;
  readonly kind: LinkKind;
  readonly line: Line;
  readonly party: Party;
  /** Undefined: nobody answered yet. */
  path: Path | undefined;
  state: "opening" | "open" | "closed";
  readonly runs: Uint8Array[];
  queuedBytes: number;
  /** Given to the link since its party last heard how much is queued. */
  untoldBytes: number;
  /** Sent, and not taken by the other side yet. */
  flyingBytes: number;
  /** It stands in its line's queue. */
  isWaiting: boolean;
}

/** What joins the two ends of a link. */
export interface Path {
  readonly ends: readonly [End, End];
  /** One way. */
  readonly delayMillis: number;
  /** Undefined: nothing is in the way. Otherwise since when. */
  cutAt: number | undefined;
  /** What arrives while the path is cut, in order. */
  readonly held: (() => void)[];
}

/** Bytes on their way. */
export interface Chunk {
  readonly from: End;
  readonly to: End;
  readonly path: Path;
  readonly runs: readonly Uint8Array[];
  readonly bytes: number;
}

export function otherEnd({ ends: [one, other] }: Path, end: End): End {
  return end === one ? other : one;
}

/** How much a link sends in one turn. */
export interface Turn {
  /** It stops once it has as many bytes. */
  readonly enoughBytes: number;
  /** It never sends more. */
  readonly maxBytes: number;
}

/** Takes bytes from the queue of an end: runs are cut only where a turn must not be longer. */
export function takeRuns(
  end: End,
  { enoughBytes, maxBytes }: Turn,
): { readonly runs: Uint8Array[]; readonly bytes: number } {
  const [first] = end.runs;
  if (end.runs.length === 1 && first !== undefined && first.length <= maxBytes) {
    end.queuedBytes -= first.length;
    return { runs: end.runs.splice(0), bytes: first.length };
  }
  const runs: Uint8Array[] = [];
  let bytes = 0;
  let taken = 0;
  for (const run of end.runs) {
    if (bytes >= enoughBytes) break;
    const room = maxBytes - bytes;
    if (run.length > room) {
      runs.push(run.subarray(0, room));
      end.runs[taken] = run.subarray(room);
      bytes += room;
      break;
    }
    runs.push(run);
    bytes += run.length;
    taken += 1;
  }
  end.runs.splice(0, taken);
  end.queuedBytes -= bytes;
  return { runs, bytes };
}
