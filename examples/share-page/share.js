// Shares what somebody picks, straight from their browser, and shows the magnet link.
import { startTabswarm } from "tabswarm/browser";

const tracker = new URLSearchParams(location.search).get("tracker") ?? "ws://localhost:3000/announce";
const input = /** @type {HTMLInputElement} */ (document.querySelector("input"));
const output = /** @type {HTMLOutputElement} */ (document.querySelector("output"));

const tabswarm = await startTabswarm({ trackers: [tracker] });

input.addEventListener("change", async () => {
  const torrent = await tabswarm.share([...(input.files ?? [])], {
    onProgress: (done, total) => {
      output.textContent = `Reading: ${Math.round((done / total) * 100)} %`;
    },
  });
  torrent.subscribe(({ peers, uploadedBytes }) => {
    output.title = `${peers.length} people, ${uploadedBytes} bytes sent`;
  });
  output.textContent = torrent.magnetLink;
});
