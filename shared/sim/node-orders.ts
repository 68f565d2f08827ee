import { bytesToHex } from "../base/bytes.ts";
import { unreachable } from "../base/errors.ts";
import type { InfoHash } from "../base/ids.ts";
import type { WebFetches } from "../driver/web-fetches.ts";
import { parseInfo } from "../meta/info.ts";
import type { Effect } from "../session/effect.ts";
import type { Input } from "../session/input.ts";
import type { NodeLinks } from "./node-links.ts";
import { type NodePieces, unheard } from "./node-pieces.ts";
import type { NodeObserver, Surroundings } from "./node-setup.ts";
import type { NodeStorage } from "./node-storage.ts";
import { fakeSha1 } from "./sample-torrent.ts";
import type { Member } from "./tracker.ts";

/** What carries out a session's orders. */
export interface OrderParts {
  /** The node, as trackers know it. */
  readonly member: Member;
  readonly links: NodeLinks;
  readonly storage: NodeStorage;
  readonly pieces: NodePieces;
  readonly around: Surroundings;
  readonly observer: NodeObserver | undefined;
  /** Whether it ever unchokes anybody. */
  readonly serves: boolean;
  readonly fetches: WebFetches;
  readonly feed: (input: Input) => void;
}

/** Carries out what a node's session orders: on its links and storage, and at trackers. */
export class NodeOrders {
  readonly #parts: OrderParts;

  constructor(parts: OrderParts) {
    this.#parts = parts;
  }

  carryOut(effect: Effect): void {
    const { member, links, storage, pieces, around, observer } = this.#parts;
    observer?.ordered(effect);
    around.noted(effect);
    switch (effect.type) {
      case "send":
        if (!this.#parts.serves && isUnchoke(effect.bytes)) return;
        return links.send(effect.link, effect.bytes);
      case "happened":
      case "discover":
      case "endDiscovery":
        return; // Discovery finds nobody here.
      case "close":
        observer?.closing?.(effect.reason, links.partyAt(effect.link));
        return links.close(effect.link);
      case "announce": {
        const ends = effect.offers.map(({ link }) => links.newEnd(link, "rtc"));
        return around.tracker(effect.tracker).announce(member, effect, ends);
      }
      case "leaveTracker":
        return around.tracker(effect.tracker).leave(member);
      case "answerOffer":
        return around.tracker(effect.tracker).answer(member, effect, links.newEnd(effect.link, "rtc"));
      case "describe":
        return links.describe(effect.link, effect.offer);
      case "takeAnswer":
        return links.takeAnswer(effect.link, effect.sdp);
      case "dial":
        return links.dial(effect.link, around.reach(effect.address), member.address);
      case "fetchRanges":
      case "cancelFetch":
        return this.#parts.fetches.perform(effect);
      case "readBlock":
        return pieces.read(effect);
      case "writeBlock":
        return pieces.write(effect.infoHash, effect.piece, effect.begin, effect.bytes);
      case "checkPiece":
        return pieces.check(effect.infoHash, effect.piece);
      case "dropPiece":
        return pieces.dropPiece(effect.infoHash, effect.piece);
      case "checkMetadata":
        return this.#checkMetadata(effect.infoHash, effect.bytes);
      case "keepMetadata":
        return storage.keepMetadata(effect.infoHash, effect.metadata);
      case "reportBug":
        return unheard(effect.error);
      case "dropBuffers":
        storage.drop(effect.infoHash);
        return pieces.dropTorrent(effect.infoHash);
      default:
        return unreachable(effect);
    }
  }

  #checkMetadata(infoHash: InfoHash, infoBytes: Uint8Array<ArrayBuffer>): void {
    const isRight = bytesToHex(fakeSha1(infoBytes)) === infoHash;
    const metadata = isRight ? { info: parseInfo(infoBytes), infoBytes } : undefined;
    this.#parts.feed({ type: "metadataChecked", infoHash, metadata, problem: undefined });
  }
}

/** Whether this is an `unchoke` (BEP 3), which travels alone. */
function isUnchoke(bytes: Uint8Array): boolean {
  return bytes.length === 5 && bytes[3] === 1 && bytes[4] === 1;
}
