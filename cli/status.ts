import type { TorrentView } from "#shared/session/view.ts";

/** Shows how torrents are doing until `end`. */
export interface Status {
  end(): void;
}

const TERMINAL_MILLIS = 500;
const LINE_MILLIS = 5_000; // A log with a line for each second is not read.

/** Keeps one line up to date in a terminal; writes a line now and then into a pipe, when it says something new. */
export function showStatus(
  look: () => readonly TorrentView[],
  textOf: (torrents: readonly TorrentView[]) => string,
  asJson: boolean,
  stream: NodeJS.WriteStream = process.stderr,
): Status {
  let told = "";
  const tell = (): void => {
    const text = asJson ? jsonLine(look()) : textOf(look());
    if (text === told) return;
    told = text;
    if (asJson) console.log(text);
    else if (stream.isTTY) stream.write(`\r\u001b[2K${text.slice(0, Math.max(0, stream.columns - 1))}`);
    else stream.write(`${text}\n`);
  };
  tell();
  const timer = setInterval(tell, stream.isTTY && !asJson ? TERMINAL_MILLIS : LINE_MILLIS);
  return {
    end() {
      clearInterval(timer);
      if (stream.isTTY && !asJson) stream.write("\n");
    },
  };
}

function jsonLine(torrents: readonly TorrentView[]): string {
  const [torrent] = torrents;
  if (torrent === undefined) return JSON.stringify({ type: "status" });
  const {
    phase,
    bytesDone,
    bytesTotal,
    downBytesPerSecond,
    upBytesPerSecond,
    uploadedBytes,
    downloadedBytes,
  } = torrent;
  const peers = torrent.peers.length;
  const sizes = {
    bytesDone,
    bytesTotal,
    downBytesPerSecond,
    upBytesPerSecond,
    uploadedBytes,
    downloadedBytes,
  };
  return JSON.stringify({ type: "status", phase, ...sizes, peers, problem: torrent.problem });
}
