import type { Entry } from "../../engine/client.ts";
import { formatRate } from "../format.ts";

/** The speed of all torrents together. Nothing while nothing moves. */
export function TotalRates({ entries }: { readonly entries: readonly Entry[] }) {
  let down = 0;
  let up = 0;
  for (const entry of entries) {
    if (entry.state === "hashing") continue;
    down += entry.torrent.downBytesPerSecond;
    up += entry.torrent.upBytesPerSecond;
  }
  if (down + up === 0) return null;
  return (
    <span class="rates">
      {down > 0 && <span dir="auto">↓ {formatRate(down)}</span>}{" "}
      {up > 0 && <span dir="auto">↑ {formatRate(up)}</span>}
    </span>
  );
}
