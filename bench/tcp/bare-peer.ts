// The least that a peer over TCP can do: the frames of BEP 3, SHA-1 and file writes, on Node's sockets. It trusts the
// other side in everything but the hashes, keeps no statistics and handles one torrent.
//   node bare-peer.js seed <.torrent> <file>                     prints "listening at <port>"
//   node bare-peer.js leech <.torrent> <file> <port>             prints "done" when it has everything
//   node bare-peer.js discard <.torrent> <port> <links> <bytes>  keeps nothing; prints "done" when each link got <bytes>
import { readTorrentFile } from "#headless-peer/sources/torrent-file.ts";
import { discard } from "./bare/discard.ts";
import { leech } from "./bare/leech.ts";
import { seed } from "./bare/seed.ts";

const [action, torrentFile = "", ...rest] = process.argv.slice(2);
const torrent = await readTorrentFile(torrentFile);
const [first = "", second = "", third = ""] = rest;
if (action === "seed") await seed(torrent, first);
if (action === "leech") await leech(torrent, first, Number(second));
if (action === "discard") await discard(torrent, Number(first), Number(second), Number(third));
