import type { PeerView } from "#shared/session/view.ts";
import { formatRate, formatShare } from "../format.ts";
import { number } from "../texts/intl.ts";
import { texts } from "../texts/texts.ts";
import { linkWords, peerFacts, peerName } from "./details-texts.ts";

interface PeerTableProps {
  readonly peers: readonly PeerView[];
  readonly labelledBy: string;
}

const COLUMNS = ["peer", "link", "has", "down", "up", "pieces", "failed", "score"] as const;

/** Its peers. On a phone, each of them is a block of its own, with the names of the columns beside the figures. */
export function PeerTable({ peers, labelledBy }: PeerTableProps) {
  if (peers.length === 0) return <p class="note">{texts.peers.nobody}</p>;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard. */}
      <section class="scroll peers" aria-labelledby={labelledBy} tabIndex={0}>
        <table aria-labelledby={labelledBy}>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {texts.peers.columns[column]}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {peers.map((peer) => (
              <tr key={peer.link}>
                <th scope="row">
                  <bdi>{peerName(peer)}</bdi>
                  <span class="client">{peerFacts(peer)}</span>
                </th>
                {COLUMNS.slice(1).map((column, at) => (
                  <td key={column} data-column={texts.peers.columns[column]}>
                    {cells(peer)[at]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="note">{texts.peers.note}</p>
    </>
  );
}

/** What stands after the name, in the order of the columns. */
function cells(peer: PeerView): readonly string[] {
  return [
    linkWords(peer),
    formatShare(peer.progress, 1),
    formatRate(peer.downBytesPerSecond),
    formatRate(peer.upBytesPerSecond),
    number(peer.goodPieces),
    number(peer.failedPieces),
    number(peer.score),
  ];
}
