// WebTorrent in a process of its own: `node webtorrent.js <.torrent or magnet> <folder> [plain]` downloads into the folder
// what is not there yet, says "done", and seeds until it is killed. Nothing but the torrent's own trackers is asked. By
// itself it encrypts every link over TCP that it opens; `plain` keeps it from that.
import WebTorrent from "webtorrent";

const [torrentId, path, encryption] = process.argv.slice(2);
const client = new WebTorrent({
  dht: false,
  lsd: false,
  natPmp: false,
  natUpnp: false,
  secure: encryption === "plain" ? 0 : 1,
  utPex: false,
  utp: false,
  webSeeds: false,
  tracker: { rtcConfig: { iceServers: [] } },
});
client.on("error", (error) => {
  throw error;
});
client.add(torrentId, { path }).on("done", () => console.log("done"));
