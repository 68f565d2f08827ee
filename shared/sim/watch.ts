import type { InfoHash, LinkId, PieceIndex } from "../base/ids.ts";
import type { SessionConfig } from "../session/config.ts";
import type { Effect, Input } from "../session/effect.ts";
import { type Claim, ClaimReader } from "./claims.ts";

/** In place of a tracker: other peers have our offer. */
const INTRODUCED = "introduced";

interface WatchedLink {
  /** The tracker that has our offer of it, or `INTRODUCED`, until somebody answers. */
  offeredTo: string | undefined;
  isOpen: boolean;
  /** Accepted, and we have not sent anything yet. */
  isStranger: boolean;
  readonly said: ClaimReader;
}

/** Checks every input and effect of a session, and throws at the first broken invariant. */
export class Watch {
  readonly #config: SessionConfig;
  readonly #links = new Map<LinkId, WatchedLink>();
  readonly #verified = new Map<InfoHash, Set<number>>();
  readonly #pieceCounts = new Map<InfoHash, number>();
  readonly #paused = new Set<InfoHash>();
  readonly #begun = new Map<InfoHash, Set<PieceIndex>>();
  readonly piecesFetched: PieceIndex[] = [];
  bytesServed = 0;
  bytesSent = 0;
  /** Bytes of all blocks in what was sent. */
  blockBytesSent = 0;
  bytesReceived = 0;

  constructor(config: SessionConfig) {
    this.#config = config;
  }

  input(input: Input): void {
    switch (input.type) {
      case "torrentAdded": {
        const { infoHash, held, paused, metadata } = input.source;
        if (metadata !== undefined) this.#pieceCounts.set(infoHash, metadata.info.layout.pieceCount);
        this.#verified.set(infoHash, new Set(held === undefined ? [] : ones(held)));
        if (paused) this.#paused.add(infoHash);
        return;
      }
      case "checkBegan":
        if (input.held !== undefined) this.#verified.set(input.infoHash, new Set(ones(input.held)));
        return;
      case "pieceChecked":
      case "storedPieceChecked":
        if (input.good) this.#verified.get(input.infoHash)?.add(input.piece);
        return;
      case "blockRead":
        if (input.bytes === undefined) this.#verified.get(input.infoHash)?.delete(input.piece);
        return;
      case "linkAccepted":
        return this.#newLink(input.link, undefined, true);
      case "offerAnswered":
        return this.#answered(input.link);
      case "linkOpened": {
        const link = this.#links.get(input.link);
        if (link !== undefined) link.isOpen = true;
        return;
      }
      case "bytesArrived":
        this.bytesReceived += input.bytes.length;
        return;
      case "linkClosed":
        return void this.#links.delete(input.link);
      case "torrentPaused":
        return void this.#paused.add(input.infoHash);
      case "torrentResumed":
        return void this.#paused.delete(input.infoHash);
      default:
    }
  }

  effect(effect: Effect): void {
    switch (effect.type) {
      case "announce":
        must(
          effect.offers.length === 0 || !this.#paused.has(effect.infoHash),
          "offers links for a paused torrent",
        );
        for (const { link } of effect.offers) this.#newLink(link, effect.tracker);
        return this.#checkLimits(effect.tracker);
      case "answerOffer":
        must(!this.#paused.has(effect.infoHash), "answers an offer for a paused torrent");
        this.#newLink(effect.link, undefined);
        return this.#checkLimits(effect.tracker);
      case "describe":
        this.#newLink(effect.link, effect.offer === undefined ? INTRODUCED : undefined);
        return this.#checkLimits(INTRODUCED);
      case "takeAnswer":
        return this.#answered(effect.link);
      case "dial":
        this.#newLink(effect.link, undefined);
        return this.#checkLinks();
      case "close":
        must(this.#links.delete(effect.link), `closes link ${effect.link}, which is gone`);
        return;
      case "send":
        this.bytesSent += effect.bytes.length;
        return this.#sends(effect.link, effect.bytes);
      case "readBlock":
        if (!this.#links.has(effect.link)) broken(`reads for link ${effect.link}, which is gone`);
        if (!this.#isVerified(effect.infoHash, effect.piece))
          broken(`serves piece ${effect.piece} unchecked`);
        this.bytesServed += effect.length;
        return;
      case "writeBlock":
        must(!this.#paused.has(effect.infoHash), "takes a block of a paused torrent");
        return this.#writes(effect.infoHash, effect.piece);
      case "keepMetadata":
        return void this.#pieceCounts.set(effect.infoHash, effect.metadata.info.layout.pieceCount);
      case "checkPiece":
      case "dropPiece":
        return void this.#begun.get(effect.infoHash)?.delete(effect.piece);
      default:
    }
  }

  #answered(id: LinkId): void {
    const link = this.#links.get(id);
    if (link !== undefined) link.offeredTo = undefined;
  }

  #newLink(link: LinkId, offeredTo: string | undefined, isStranger = false): void {
    this.#links.set(link, { offeredTo, isOpen: false, isStranger, said: new ClaimReader() });
  }

  #checkLimits(tracker: string): void {
    const { maxPendingOffers } = this.#config;
    this.#checkLinks();
    const pending = [...this.#links.values()].filter((link) => !link.isOpen && link.offeredTo === tracker);
    must(pending.length <= maxPendingOffers, `has ${pending.length} offers waiting`);
  }

  #checkLinks(): void {
    const count = [...this.#links.values()].filter(({ isStranger }) => !isStranger).length;
    must(count <= this.#config.maxLinks, `has ${count} links`);
  }

  #sends(id: LinkId, bytes: Uint8Array): void {
    const link = this.#links.get(id);
    if (link === undefined || !link.isOpen) return broken(`sends on link ${id}, which is not open`);
    must(bytes.length > 0, "sends nothing");
    link.isStranger = false;
    const before = link.said.blockBytes;
    link.said.read(bytes, (claim) => this.#claims(link, claim));
    this.blockBytesSent += link.said.blockBytes - before;
    const { infoHash } = link.said;
    must(infoHash === undefined || !this.#paused.has(infoHash), "speaks of a paused torrent");
  }

  #claims({ said: { infoHash } }: WatchedLink, { said, piece }: Claim): void {
    if (infoHash === undefined) return;
    const verified = this.#verified.get(infoHash);
    if (piece === undefined)
      must(verified?.size === this.#pieceCounts.get(infoHash), "says that it has all, and lacks some");
    else if (verified?.has(piece) !== true) broken(`says ${said} of piece ${piece}, unchecked`);
  }

  #isVerified(infoHash: InfoHash, piece: number): boolean {
    return this.#verified.get(infoHash)?.has(piece) ?? false;
  }

  #writes(infoHash: InfoHash, piece: PieceIndex): void {
    if (this.#isVerified(infoHash, piece)) broken(`takes a block of piece ${piece}, which it holds`);
    let begun = this.#begun.get(infoHash);
    if (begun === undefined) {
      begun = new Set();
      this.#begun.set(infoHash, begun);
    }
    if (begun.has(piece)) return;
    begun.add(piece);
    this.piecesFetched.push(piece);
  }
}

function ones({ bytes, length }: { readonly bytes: Uint8Array; readonly length: number }): number[] {
  return Array.from({ length }, (_, at) => at).filter(
    (at) => ((bytes[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0,
  );
}

function must(holds: boolean, what: string): void {
  if (!holds) broken(what);
}

/** Where it would take time to say what is wrong each time that nothing is. */
function broken(what: string): never {
  throw new Error(`broken invariant: the session ${what}`);
}
