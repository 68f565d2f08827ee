import type { InfoHash, LinkId } from "#shared/base/ids.ts";
import type { PeerView, TorrentView } from "#shared/session/view.ts";

/** A torrent of a test, downloading unless told otherwise. */
export function torrentView(parts: Partial<TorrentView> = {}): TorrentView {
  return {
    infoHash: "0123456789abcdef0123456789abcdef01234567" as InfoHash,
    name: "Films",
    phase: "downloading",
    bytesTotal: 0,
    bytesDone: 0,
    pieceCount: 0,
    piecesHeld: 0,
    piecesFetched: 0,
    pieceLength: 0,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    downloadedBytes: 0,
    uploadedBytes: 0,
    secondsLeft: undefined,
    failedPieces: 0,
    bannedPeers: 0,
    linksLeftOut: 0,
    sharedMinutes: 0,
    stopped: undefined,
    failedAttempts: { unanswered: 0, noRoute: 0, ours: [], theirs: [] },
    hasSource: false,
    isPrivate: false,
    files: [],
    peers: [],
    completePeers: 0,
    finishedPeers: [],
    finishedInAll: 0,
    formerPeers: [],
    webSeeds: [],
    trackers: [],
    problem: undefined,
    problemKind: undefined,
    ...parts,
  };
}

/** A peer of a test, a browser unless told otherwise. */
export function peerView(parts: Partial<PeerView> = {}): PeerView {
  return {
    link: 1 as LinkId,
    kind: "rtc",
    address: undefined,
    isIntroduced: false,
    client: "Tabswarm 0.1",
    deviceName: undefined,
    device: undefined,
    isNearby: false,
    progress: 1,
    hasFinished: false,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    downloadedBytes: 0,
    uploadedBytes: 0,
    goodPieces: 0,
    failedPieces: 0,
    score: 50,
    weChoke: true,
    theyChoke: true,
    isInterested: false,
    lastPiece: undefined,
    ...parts,
  };
}
