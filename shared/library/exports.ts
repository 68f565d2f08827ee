// What `tabswarm/node` and `tabswarm/browser` have in common.

export { ProtocolError, UsageError } from "../base/errors.ts";
export type { InfoHash } from "../base/ids.ts";
export { StorageError } from "../driver/ports.ts";
export type { Happening } from "../session/happening.ts";
export type {
  FileView,
  PeerView,
  TorrentPhase,
  TorrentView,
  TrackerView,
  WebSeedView,
} from "../session/view.ts";
export type { BlobSource, PathBlob, PathStream } from "./blob-source.ts";
export type { ChooseFiles, FileChoice } from "./choosing.ts";
export type { Limits, RateLimits, TorrentLimits } from "./limits.ts";
export type { MakeOptions } from "./platform.ts";
export {
  memory,
  type OpenStorage,
  type TorrentStorage,
  type TorrentToStore,
} from "./storage.ts";
export {
  lastingStorageContract,
  type StorageCheck,
  storageContract,
} from "./storage-contract.ts";
export type { AddOptions, Fact, ShareOptions, Tabswarm, TorrentOptions } from "./tabswarm.ts";
export type { PieceDeadline, RemoveOptions, SelectOptions, Torrent } from "./torrent.ts";
export type { ByteRange, TorrentFile } from "./torrent-file.ts";
