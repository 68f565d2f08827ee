// WebTorrent in its own process: `node webtorrent.js <.torrent or magnet> <folder> [plain|rc4]` downloads what the folder lacks,
// prints "done", and seeds until it is killed. It finds peers through the torrent's trackers only. By default it encrypts
// every TCP link that it opens; `plain` turns that off, `rc4` asks for nothing else.
import WebTorrent from "webtorrent";

const [torrentId, path, encryption] = process.argv.slice(2);
const client = new WebTorrent({
  dht: false,
  lsd: false,
  natPmp: false,
  natUpnp: false,
  secure: { plain: 0, rc4: 2 }[encryption] ?? 1,
  utPex: false,
  utp: false,
  webSeeds: false,
  tracker: { rtcConfig: { iceServers: [] } },
});
client.on("error", (error) => {
  throw error;
});
client.add(torrentId, { path }).on("done", () => console.log("done"));
