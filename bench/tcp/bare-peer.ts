// The least that a peer over TCP can do: the frames of BEP 3, SHA-1 and file writes, on Node's sockets. It trusts the
// other side in everything but the hashes, keeps no account of anything and serves one torrent.
//   node bare-peer.js seed <.torrent> <file>                 says "listening at <port>"
//   node bare-peer.js leech <.torrent> <file> <port>         says "done" when it has everything
//   node bare-peer.js drink <.torrent> <port> <links> <bytes>  keeps nothing; says "done" when each link has had so much
import { readTorrentFile } from "#headless-peer/sources/torrent-file.ts";
import { drink } from "./bare/drink.ts";
import { leech } from "./bare/leech.ts";
import { seed } from "./bare/seed.ts";

const [action, torrentFile = "", ...rest] = process.argv.slice(2);
const torrent = await readTorrentFile(torrentFile);
const [first = "", second = "", third = ""] = rest;
if (action === "seed") await seed(torrent, first);
if (action === "leech") await leech(torrent, first, Number(second));
if (action === "drink") await drink(torrent, Number(first), Number(second), Number(third));
