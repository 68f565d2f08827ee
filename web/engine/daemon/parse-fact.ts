import { countIn, fieldsOf } from "#shared/announce/json-fields.ts";
import type { InfoHash, LinkId, PeerId, PieceIndex, TrackerUrl, WebSeedUrl } from "#shared/base/ids.ts";
import type { Happening } from "#shared/session/happening.ts";
import type { CloseReason, LinkEnd } from "#shared/session/link-end.ts";
import { hashIn, nameIn, PHASES, parsePeer, STOP_REASONS, textIn, timeIn, wordIn } from "./parse-view.ts";

/** Something that happened to a torrent of the daemon. */
export interface Fact {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly infoHash: InfoHash;
  readonly what: Happening;
}

const REASONS: Readonly<Record<LinkEnd | CloseReason, true>> = {
  ...{ offerExpired: true, negotiationFailed: true, noRoute: true, theyLeft: true, neverOpened: true },
  ...{ notIntroduced: true, noRoom: true, madeRoom: true, unknownTorrent: true, ourselves: true, twin: true },
  ...{ banned: true, brokeTheRules: true, tooManyMessages: true, readsNothing: true, silent: true },
  ...{ nothingToShare: true, notFromTracker: true, pieceLost: true, stopped: true },
};

/** Reads the data of a `fact`. Undefined: it is not about a torrent, or nothing that the page tells of. Never throws. */
export function parseFact(value: unknown): Fact | undefined {
  const said = fieldsOf(value);
  const [at, infoHash] = [timeIn(said["at"]), hashIn(said["infoHash"])];
  const what = happeningIn(fieldsOf(said["what"]));
  return at === undefined || infoHash === undefined || what === undefined
    ? undefined
    : { at, infoHash, what };
}

type Fields = Partial<Record<string, unknown>>;

function happeningIn(what: Fields): Happening | undefined {
  const { type } = what;
  switch (type) {
    case "torrentAdded":
      return { type, displayName: undefined, trackers: [] };
    case "torrentRemoved":
    case "torrentCompleted":
      return { type };
    case "phaseChanged": {
      const phase = wordIn(PHASES, what["phase"]);
      return phase && { type, phase };
    }
    case "problemChanged":
      return { type, problem: textIn(what["problem"]) };
    case "metadataArrived":
      return { type, name: nameIn(what["name"]) };
    case "metadataUnusable":
      return { type, reason: textIn(what["reason"]) ?? "" };
    case "pieceFailed": {
      const piece = countIn(what["piece"]);
      return piece === undefined ? undefined : { type, piece: piece as PieceIndex };
    }
    case "sharingStopped": {
      const because = wordIn(STOP_REASONS, what["because"]);
      return because && { type, because };
    }
    default:
      return ofPeers(what) ?? ofTrackers(what) ?? ofWebSeeds(what);
  }
}

function ofPeers(what: Fields): Happening | undefined {
  const { type } = what;
  const reason = wordIn(REASONS, what["reason"]);
  const brokenRule = textIn(what["brokenRule"]);
  switch (type) {
    case "peerBanned":
      return { type, peerId: "" as PeerId, badPiece: countIn(what["badPiece"]) as PieceIndex | undefined };
    case "linkOpened":
      return { type, peer: parsePeer(what["peer"]) };
    case "linkClosed":
      return reason && { type, peer: parsePeer(what["peer"]), reason, brokenRule };
    case "linkFailed":
      return reason && { type, link: (countIn(what["link"]) ?? 0) as LinkId, reason, brokenRule };
    default:
      return undefined;
  }
}

function ofTrackers(what: Fields): Happening | undefined {
  const { type } = what;
  const tracker = nameIn(what["tracker"]) as TrackerUrl;
  const reason = textIn(what["reason"]) ?? "";
  switch (type) {
    case "trackerAnswered":
      return {
        ...{
          type,
          tracker,
          seeders: countIn(what["seeders"]) ?? 0,
          leechers: countIn(what["leechers"]) ?? 0,
        },
        ...{ intervalSeconds: countIn(what["intervalSeconds"]) ?? 0, minIntervalSeconds: undefined },
        warning: textIn(what["warning"]),
      };
    case "trackerRefused":
      return { type, tracker, reason, retryIn: undefined };
    case "trackerLost":
      return { type, tracker, reason };
    default:
      return undefined;
  }
}

function ofWebSeeds(what: Fields): Happening | undefined {
  const { type } = what;
  const webSeed = nameIn(what["webSeed"]) as WebSeedUrl;
  const badPiece = countIn(what["badPiece"]) as PieceIndex | undefined;
  switch (type) {
    case "webSeedFailed":
      return {
        type,
        webSeed,
        reason: textIn(what["reason"]) ?? "",
        retryInSeconds: countIn(what["retryInSeconds"]),
      };
    case "webSeedBanned":
      return badPiece === undefined ? undefined : { type, webSeed, badPiece };
    default:
      return undefined;
  }
}
