import type { InfoHash } from "#shared/base/ids.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import { eachAlone } from "#shared/base/tracker-url.ts";
import type { PiecesJson } from "#shared/daemon/daemon-api.ts";
import { bytesHeld } from "#shared/meta/file-bytes.ts";
import { encodeMetainfo } from "#shared/meta/metainfo.ts";
import { heldIn } from "#shared/session/piece-map.ts";
import type { Daemon } from "../daemon.ts";

/** What is here of the pieces and files of a torrent. It looks at all of them, so it is made only when somebody asks. */
export function piecesJson(daemon: Daemon, infoHash: InfoHash): PiecesJson {
  const map = daemon.peer.pieces(infoHash);
  const info = daemon.find(infoHash)?.torrent.info;
  if (map === undefined || info === undefined) return {};
  const held = new Set<number>(heldIn(map));
  return {
    map: Buffer.from(map).toString("base64"),
    fileBytes: info.files.map((file) => bytesHeld(file, info.layout, (piece) => held.has(piece))),
  };
}

/** The .torrent file of a torrent (BEP 3), without keys: it gets passed on. Undefined: its metadata is not known. */
export function torrentFile(daemon: Daemon, infoHash: InfoHash): Uint8Array | undefined {
  const metadata = daemon.metadata(infoHash);
  const record = daemon.find(infoHash)?.torrent.record;
  if (metadata === undefined || record === undefined) return undefined;
  const named = record.trackers.map((tier) => tier.map(withoutKey));
  const known = new Set(named.flat());
  const own = metadata.info.isPrivate ? [] : daemon.named.publicUrls.filter((url) => !known.has(url));
  const { webSeeds } = record;
  return encodeMetainfo({
    infoBytes: metadata.infoBytes,
    trackerTiers: [...eachAlone(own), ...named],
    webSeeds,
  });
}
