import type { Bitfield } from "../base/bitfield.ts";
import type { InfoHash, LinkId, PieceIndex } from "../base/ids.ts";
import type { SessionConfig } from "../session/config.ts";
import type { Effect } from "../session/effect.ts";
import type { Input } from "../session/input.ts";
import { type Claim, ClaimReader } from "./claims.ts";

/** In place of a tracker: other peers have our offer. */
const INTRODUCED = "introduced";

interface WatchedTorrent {
  /** Which pieces we may say that we have, and serve. */
  readonly verified: boolean[];
  verifiedCount: number;
  /** Undefined: we do not know the metadata. */
  pieceCount: number | undefined;
  isPaused: boolean;
  /** Pieces of which a block came. */
  readonly begun: Set<PieceIndex>;
}

interface WatchedLink {
  /** The tracker that has our offer of it, or `INTRODUCED`, until somebody answers. */
  offeredTo: string | undefined;
  isOpen: boolean;
  /** Accepted, and we have not sent anything yet. */
  isStranger: boolean;
  readonly said: ClaimReader;
  /** What it speaks of. Undefined: it has not said yet. */
  torrent: WatchedTorrent | undefined;
}

/** Checks every input and effect of a session, and throws at the first broken invariant. */
export class Watch {
  readonly #config: SessionConfig;
  readonly #links = new Map<LinkId, WatchedLink>();
  readonly #torrents = new Map<InfoHash, WatchedTorrent>();
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
        const torrent = this.#torrent(infoHash);
        if (metadata !== undefined) torrent.pieceCount = metadata.info.layout.pieceCount;
        holdsOnly(torrent, held);
        if (paused) torrent.isPaused = true;
        return;
      }
      case "checkBegan":
        if (input.held !== undefined) holdsOnly(this.#torrent(input.infoHash), input.held);
        return;
      case "pieceChecked":
      case "storedPieceChecked":
        if (input.good) setVerified(this.#torrent(input.infoHash), input.piece, true);
        return;
      case "blockRead":
        if (input.bytes === undefined) setVerified(this.#torrent(input.infoHash), input.piece, false);
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
        this.#torrent(input.infoHash).isPaused = true;
        return;
      case "torrentResumed":
        this.#torrent(input.infoHash).isPaused = false;
        return;
      default:
    }
  }

  effect(effect: Effect): void {
    switch (effect.type) {
      case "announce":
        must(
          effect.offers.length === 0 || !this.#torrent(effect.infoHash).isPaused,
          "offers links for a paused torrent",
        );
        for (const { link } of effect.offers) this.#newLink(link, effect.tracker);
        return this.#checkLimits(effect.tracker);
      case "answerOffer":
        must(!this.#torrent(effect.infoHash).isPaused, "answers an offer for a paused torrent");
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
        if (this.#torrent(effect.infoHash).verified[effect.piece] !== true)
          broken(`serves piece ${effect.piece} unchecked`);
        this.bytesServed += effect.length;
        return;
      case "writeBlock":
        must(!this.#torrent(effect.infoHash).isPaused, "takes a block of a paused torrent");
        return this.#writes(this.#torrent(effect.infoHash), effect.piece);
      case "keepMetadata":
        this.#torrent(effect.infoHash).pieceCount = effect.metadata.info.layout.pieceCount;
        return;
      case "checkPiece":
      case "dropPiece":
        return void this.#torrent(effect.infoHash).begun.delete(effect.piece);
      default:
    }
  }

  #answered(id: LinkId): void {
    const link = this.#links.get(id);
    if (link !== undefined) link.offeredTo = undefined;
  }

  #newLink(link: LinkId, offeredTo: string | undefined, isStranger = false): void {
    const said = new ClaimReader();
    this.#links.set(link, { offeredTo, isOpen: false, isStranger, said, torrent: undefined });
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
    must(!this.#spokenOf(link)?.isPaused, "speaks of a paused torrent");
  }

  #claims(link: WatchedLink, { said, piece }: Claim): void {
    const torrent = this.#spokenOf(link);
    if (torrent === undefined) return;
    const { verified, verifiedCount, pieceCount } = torrent;
    if (piece === undefined) must(verifiedCount === pieceCount, "says that it has all, and lacks some");
    else if (verified[piece] !== true) broken(`says ${said} of piece ${piece}, unchecked`);
  }

  #spokenOf(link: WatchedLink): WatchedTorrent | undefined {
    const { infoHash } = link.said;
    if (link.torrent === undefined && infoHash !== undefined) link.torrent = this.#torrent(infoHash);
    return link.torrent;
  }

  #torrent(infoHash: InfoHash): WatchedTorrent {
    const known = this.#torrents.get(infoHash);
    if (known !== undefined) return known;
    const torrent = {
      verified: [],
      verifiedCount: 0,
      pieceCount: undefined,
      isPaused: false,
      begun: new Set<PieceIndex>(),
    };
    this.#torrents.set(infoHash, torrent);
    return torrent;
  }

  #writes({ verified, begun }: WatchedTorrent, piece: PieceIndex): void {
    if (verified[piece] === true) broken(`takes a block of piece ${piece}, which it holds`);
    if (begun.has(piece)) return;
    begun.add(piece);
    this.piecesFetched.push(piece);
  }
}

function setVerified(torrent: WatchedTorrent, piece: number, isVerified: boolean): void {
  const { verified } = torrent;
  if ((verified[piece] ?? false) === isVerified) return;
  verified[piece] = isVerified;
  torrent.verifiedCount += isVerified ? 1 : -1;
}

/** Whatever it held before. */
function holdsOnly(torrent: WatchedTorrent, held: Bitfield | undefined): void {
  torrent.verified.length = 0;
  torrent.verifiedCount = 0;
  for (const piece of held?.indices() ?? []) setVerified(torrent, piece, true);
}

function must(holds: boolean, what: string): void {
  if (!holds) broken(what);
}

/** Where it would take time to say what is wrong each time that nothing is. */
function broken(what: string): never {
  throw new Error(`broken invariant: the session ${what}`);
}
