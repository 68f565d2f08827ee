import type { LinkId } from "../base/ids.ts";

/**
 * Bytes of buffers that unsent views may keep in memory, over all links. As much as the cache of whole pieces.
 */
export const MAX_LENT_BYTES = 64 * 1024 * 1024;

/** Unsent views of one buffer in a link. */
interface Lent {
  readonly buffer: ArrayBufferLike;
  /** The link has sent all of them once it has sent this many bytes in total. */
  end: number;
}

interface LinkLent {
  saidBytes: number;
  readonly views: Lent[];
}

/**
 * Decides which bytes a link gets uncopied and which as a copy. A block is a view of its whole piece: peers that request one
 * block of each piece and read nothing would keep every piece in memory.
 *
 * Invariant: `#bytes` is the size of the buffers behind unsent views, each counted once for each run of views in a link.
 */
export class Lending {
  readonly #links = new Map<LinkId, LinkLent>();
  #bytes = 0;

  /** Returns what to pass to the link: the bytes or a copy. */
  lend(link: LinkId, bytes: Uint8Array): Uint8Array {
    const { buffer } = bytes;
    let lent = this.#links.get(link);
    if (lent === undefined) {
      lent = { saidBytes: 0, views: [] };
      this.#links.set(link, lent);
    }
    lent.saidBytes += bytes.length;
    if (buffer.byteLength === bytes.length) return bytes;
    const last = lent.views.at(-1);
    if (last?.buffer === buffer) {
      last.end = lent.saidBytes;
      return bytes;
    }
    if (this.#bytes + buffer.byteLength > MAX_LENT_BYTES) return bytes.slice();
    this.#bytes += buffer.byteLength;
    lent.views.push({ buffer, end: lent.saidBytes });
    return bytes;
  }

  /** The link has `queuedBytes` left to send. */
  drained(link: LinkId, queuedBytes: number): void {
    const lent = this.#links.get(link);
    if (lent === undefined) return;
    const sent = lent.views.findIndex(({ end }) => end > lent.saidBytes - queuedBytes);
    this.#forget(lent.views.splice(0, sent < 0 ? lent.views.length : sent));
  }

  ended(link: LinkId): void {
    this.#forget(this.#links.get(link)?.views ?? []);
    this.#links.delete(link);
  }

  #forget(views: readonly Lent[]): void {
    for (const { buffer } of views) this.#bytes -= buffer.byteLength;
  }
}
