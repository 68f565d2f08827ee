import { nodeRandom } from "#headless-peer/platform.ts";
import type { TorrentFile } from "#headless-peer/sources/torrent-file.ts";
import { freshPeerId } from "#shared/base/peer-id.ts";
import { encodeHandshake } from "#shared/wire/handshake.ts";

/** The handshake of a peer without extensions. */
export function handshakeFor({ infoHash }: TorrentFile): Uint8Array {
  return encodeHandshake({ infoHash, peerId: freshPeerId(nodeRandom), fast: false, extended: false });
}
