import type { ApiPeer } from "#shared/announce/tracker-api.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Catalog } from "../../engine/client.ts";
import { texts } from "../texts/texts.ts";
import { ago } from "./ago.ts";
import { REFRESH_MILLIS, useAsked, useRefreshed } from "./desk.ts";
import { Empty, Problem } from "./parts.tsx";

interface PeersNowProps {
  readonly catalog: Catalog;
  readonly infoHash: InfoHash;
  readonly labelledBy: string;
}

/** The peers of a published torrent, refreshed while somebody sees them. */
export function PeersNow({ catalog, infoHash, labelledBy }: PeersNowProps) {
  const { told, last: peers, askAgain } = useAsked(() => catalog.peers(infoHash), [catalog, infoHash]);
  useRefreshed(askAgain, REFRESH_MILLIS);
  return (
    <>
      {told?.ok === false && <Problem text={told.problem} onRetry={askAgain} />}
      {peers?.length === 0 && <Empty>{texts.views.noPeers}</Empty>}
      {peers !== undefined && peers.length > 0 && <PeerTable peers={peers} labelledBy={labelledBy} />}
    </>
  );
}

interface PeerTableProps {
  readonly peers: readonly ApiPeer[];
  readonly labelledBy: string;
}

function PeerTable({ peers, labelledBy }: PeerTableProps) {
  const now = Date.now();
  return (
    <div class="framed">
      <table class="peers" aria-labelledby={labelledBy}>
        <thead>
          <tr>
            <th scope="col">{texts.views.peer}</th>
            <th scope="col">{texts.views.progress}</th>
            <th scope="col">{texts.views.slot}</th>
            <th scope="col">{texts.views.lastSeen}</th>
          </tr>
        </thead>
        <tbody>
          {peers.map((peer, at) => (
            <tr key={at}>
              <th scope="row">
                {peer.kind === "browser" ? texts.views.browser : texts.views.desktop}
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
  if (hasFreeSlot === undefined) return texts.views.slots.unknown;
  return hasFreeSlot ? texts.views.slots.free : texts.views.slots.busy;
}
