// Seeds a folder to browsers and to every BitTorrent client: node seed-folder.js FOLDER TRACKER
import { startTabswarm } from "tabswarm/node";

const [, , folder = ".", tracker = "http://localhost:8000/"] = process.argv;

const tabswarm = await startTabswarm({ trackers: [tracker] });
const torrent = await tabswarm.share(folder);
console.log(torrent.magnetLink);

process.once("SIGINT", () => tabswarm.close());
process.once("SIGTERM", () => tabswarm.close());

for await (const fact of torrent.happened()) {
  if (fact.type === "linkOpened") console.error(`${fact.peer.client} is here`);
  if (fact.type === "linkClosed") console.error(`${fact.peer.client} got ${fact.peer.uploadedBytes} bytes`);
}
