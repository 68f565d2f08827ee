import type { ApiPeer } from "#shared/announce/tracker-api.ts";
import { ago } from "./ago.ts";

interface PeerTableProps {
  readonly peers: readonly ApiPeer[];
  readonly labelledBy: string;
}

/** The peers of a published torrent, as the tracker knows them. */
export function PeerTable({ peers, labelledBy }: PeerTableProps) {
  const now = Date.now();
  return (
    <div class="framed">
      <table class="peers" aria-labelledby={labelledBy}>
        <thead>
          <tr>
            <th scope="col">Peer</th>
            <th scope="col">Progress</th>
            <th scope="col">Upload slot</th>
            <th scope="col">Last seen</th>
          </tr>
        </thead>
        <tbody>
          {peers.map((peer, at) => (
            <tr key={at}>
              <th scope="row">
                {peer.kind === "browser" ? "Browser" : "Desktop"}
                {peer.address !== undefined && ` ${peer.address}`}
              </th>
              <td>{peer.progress}</td>
              <td>{slot(peer.hasFreeSlot)}</td>
              <td>{ago(peer.lastSeenAt, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function slot(hasFreeSlot: boolean | undefined): string {
  if (hasFreeSlot === undefined) return "unknown";
  return hasFreeSlot ? "free" : "busy";
}
