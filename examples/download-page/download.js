// Downloads a magnet link in a page, shows how far it is, and offers its files. A reload goes on where it was.
import { indexedDb, startTabswarm } from "tabswarm/browser";

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const progress = /** @type {HTMLProgressElement} */ (document.querySelector("progress"));
const status = /** @type {HTMLElement} */ (document.querySelector("[role=status]"));
const list = /** @type {HTMLUListElement} */ (document.querySelector("ul"));

const tabswarm = await startTabswarm({ storage: indexedDb() });

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    await download(String(new FormData(form).get("link")));
  } catch (error) {
    status.textContent = String(error);
  }
});

/** @param {string} link */
async function download(link) {
  const torrent = await tabswarm.add(link);
  torrent.subscribe(({ name, phase, bytesDone, bytesTotal, downBytesPerSecond, peers, problem }) => {
    progress.max = bytesTotal || 1;
    progress.value = bytesDone;
    status.textContent = problem ?? `${name}: ${phase}, ${downBytesPerSecond} B/s from ${peers.length} peers`;
  });

  await torrent.whenKnown();
  for (const file of torrent.files) {
    const item = document.createElement("li");
    item.textContent = `${file.path}, ${file.bytes} bytes`;
    list.append(item);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await file.blob()); // Waits until the file is here.
    link.download = file.name;
    link.textContent = file.path;
    item.replaceChildren(link);
  }
}
