import type { PeerView } from "#shared/session/view.ts";
import { formatCount, formatRate, wholePercent } from "../format.ts";
import * as texts from "./details-texts.ts";

interface PeerTableProps {
  readonly peers: readonly PeerView[];
  readonly labelledBy: string;
}

/** Its peers. On a phone, each of them is a block of its own, with the names of the columns beside the figures. */
export function PeerTable({ peers, labelledBy }: PeerTableProps) {
  if (peers.length === 0) return <p class="note">{texts.NO_PEERS}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard. */}
      <section class="scroll peers" aria-labelledby={labelledBy} tabIndex={0}>
        <table aria-labelledby={labelledBy}>
          <thead>
            <tr>
              {texts.PEER_COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {peers.map((peer) => (
              <tr key={peer.link}>
                <th scope="row">
                  {texts.peerName(peer)}
                  {texts.peerName(peer) !== peer.client && <span class="client">{peer.client}</span>}
                </th>
                {cells(peer).map((cell, at) => (
                  <td key={texts.PEER_COLUMNS[at + 1]} data-column={texts.PEER_COLUMNS[at + 1]}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="note">{texts.PEER_NOTE}</p>
    </>
  );
}

/** What stands after the name, in the order of the columns. */
function cells(peer: PeerView): readonly string[] {
  return [
    texts.linkWords(peer),
    `${wholePercent(peer.progress, 1)}%`,
    formatRate(peer.downBytesPerSecond),
    formatRate(peer.upBytesPerSecond),
    formatCount(peer.goodPieces),
    formatCount(peer.failedPieces),
    String(Math.round(peer.score)),
  ];
}
