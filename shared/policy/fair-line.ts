import type { InfoHash, LinkId } from "../base/ids.ts";

/** Links that wait for a turn. Torrents take turns, and in each its links: so one with many links leaves the others their part. */
export class FairLine {
  /** The waiting links of each torrent that has any. In both, whoever is next comes first. */
  readonly #torrents = new Map<InfoHash, Set<LinkId>>();
  readonly #torrentOf = new Map<LinkId, InfoHash>();

  get isEmpty(): boolean {
    return this.#torrents.size === 0;
  }

  /** A link that already waits keeps its place. */
  join(link: LinkId, torrent: InfoHash): void {
    const links = this.#torrents.get(torrent) ?? new Set();
    this.#torrents.set(torrent, links);
    links.add(link);
    this.#torrentOf.set(link, torrent);
  }

  leave(link: LinkId): void {
    const torrent = this.#torrentOf.get(link);
    if (torrent === undefined) return;
    const links = this.#torrents.get(torrent);
    this.#torrentOf.delete(link);
    links?.delete(link);
    if (links?.size === 0) this.#torrents.delete(torrent);
  }

  /** Takes out the link whose turn it is. Undefined: nobody waits. */
  next(): LinkId | undefined {
    for (const [torrent, links] of this.#torrents) {
      for (const link of links) {
        this.#torrents.delete(torrent);
        this.#torrents.set(torrent, links);
        this.leave(link);
        return link;
      }
    }
    return undefined;
  }
}
