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
    // biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard.
    <section class="scroll" aria-labelledby={labelledBy} tabIndex={0}>
      <table aria-labelledby={labelledBy}>
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
    </section>
  );
}

function slot(hasFreeSlot: boolean | undefined): string {
  if (hasFreeSlot === undefined) return "not known";
  return hasFreeSlot ? "free" : "busy";
}
