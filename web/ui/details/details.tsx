import type { ComponentChildren } from "preact";
import type { FileView, PeerView, TorrentView, TrackerView } from "#shared/session/view.ts";
import { formatBytes, formatCount, formatPieceLength, formatRate, plural, wholePercent } from "../format.ts";
import { trackerSentence } from "./details-texts.ts";

/** Browsers draw this many rows without delay, and nobody reads more. */
export const MAX_FILES_SHOWN = 500;

interface DetailsProps {
  readonly id: string;
  readonly torrent: TorrentView;
}

/** Everything about a torrent that the card does not show. */
export function Details({ id, torrent }: DetailsProps) {
  return (
    <div class="details" id={id}>
      <Section id={`${id}-pieces`} title="Pieces and traffic">
        <Facts torrent={torrent} />
      </Section>
      <Section id={`${id}-peers`} title={plural(torrent.peers.length, "peer", "peers")}>
        {torrent.peers.length === 0 ? (
          <p class="note">Nobody is connected right now.</p>
        ) : (
          <PeerTable peers={torrent.peers} labelledBy={`${id}-peers`} />
        )}
      </Section>
      <Section id={`${id}-trackers`} title={plural(torrent.trackers.length, "tracker", "trackers")}>
        <Trackers trackers={torrent.trackers} />
      </Section>
      <Section id={`${id}-files`} title={plural(torrent.files.length, "file", "files")}>
        <Files files={torrent.files} linksLeftOut={torrent.linksLeftOut} labelledBy={`${id}-files`} />
      </Section>
    </div>
  );
}

interface SectionProps {
  readonly id: string;
  readonly title: string;
  readonly children: ComponentChildren;
}

function Section({ id, title, children }: SectionProps) {
  return (
    <div>
      <h4 id={id}>{title}</h4>
      {children}
    </div>
  );
}

const UNKNOWN = "not known yet";

function Facts({ torrent }: { readonly torrent: TorrentView }) {
  const isKnown = torrent.files.length > 0;
  const facts: readonly (readonly [name: string, value: string])[] = [
    [
      "Pieces held",
      isKnown ? `${formatCount(torrent.piecesHeld)} of ${formatCount(torrent.pieceCount)}` : UNKNOWN,
    ],
    ["Piece length", isKnown ? formatPieceLength(torrent.pieceLength) : UNKNOWN],
    ["Received", formatBytes(torrent.downloadedBytes)],
    ["Sent", formatBytes(torrent.uploadedBytes)],
    ["Failed pieces", formatCount(torrent.failedPieces)],
    ["Banned peers", formatCount(torrent.bannedPeers)],
    ["Info-hash", torrent.infoHash],
  ];
  return (
    <>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {torrent.failedPieces > 0 && (
        <p class="note">
          Pieces that fail their check are discarded and downloaded again. Peers that send bad data are
          disconnected.
        </p>
      )}
      {torrent.isPrivate && (
        <p class="note">Private: only its own trackers introduce people to each other.</p>
      )}
    </>
  );
}

const PEER_COLUMNS = ["Client", "Link", "Has", "Down", "Up"] as const;
/** Phones have no room for these. */
const WIDE_COLUMNS = ["Pieces", "Failed", "Score"] as const;

interface PeerTableProps {
  readonly peers: readonly PeerView[];
  readonly labelledBy: string;
}

function PeerTable({ peers, labelledBy }: PeerTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard.
    <section class="scroll" aria-labelledby={labelledBy} tabIndex={0}>
      <table aria-labelledby={labelledBy}>
        <thead>
          <tr>
            {PEER_COLUMNS.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
            {WIDE_COLUMNS.map((column) => (
              <th key={column} scope="col" class="wide-only">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {peers.map((peer) => (
            <tr key={peer.link}>
              <th scope="row">{peer.client}</th>
              <td>
                {peer.kind === "rtc" ? "WebRTC" : "TCP"}
                {peer.isIntroduced && ", introduced by a peer"}
              </td>
              <td>{wholePercent(peer.progress, 1)}%</td>
              <td>{formatRate(peer.downBytesPerSecond)}</td>
              <td>{formatRate(peer.upBytesPerSecond)}</td>
              <td class="wide-only">{formatCount(peer.goodPieces)}</td>
              <td class="wide-only">{formatCount(peer.failedPieces)}</td>
              <td class="wide-only">{Math.round(peer.score)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Trackers({ trackers }: { readonly trackers: readonly TrackerView[] }) {
  if (trackers.length === 0) return <p class="note">None that a browser can reach.</p>;
  return (
    <ul>
      {trackers.map((tracker) => (
        <li key={tracker.url} class="tracker" data-state={tracker.state}>
          <strong>{tracker.url}</strong>{" "}
          {trackerSentence(
            tracker.state,
            tracker.seeders,
            tracker.leechers,
            tracker.message,
            tracker.nextInSeconds,
          )}
        </li>
      ))}
    </ul>
  );
}

interface FilesProps {
  readonly files: readonly FileView[];
  readonly linksLeftOut: number;
  readonly labelledBy: string;
}

function Files({ files, linksLeftOut, labelledBy }: FilesProps) {
  if (files.length === 0) return <p class="note">The list of files is not here yet.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: people must be able to scroll it by keyboard.
    <section class="scroll files" aria-labelledby={labelledBy} tabIndex={0}>
      <ul>
        {files.slice(0, MAX_FILES_SHOWN).map((file) => (
          <li key={file.path} class="file">
            <span>{file.path}</span>
            <span>
              {file.selected ? formatBytes(file.bytes) : `${formatBytes(file.bytes)}, not selected`}
            </span>
          </li>
        ))}
      </ul>
      {files.length > MAX_FILES_SHOWN && (
        <p class="note">… and {formatCount(files.length - MAX_FILES_SHOWN)} more.</p>
      )}
      {linksLeftOut > 0 && (
        <p class="note">{plural(linksLeftOut, "symbolic link", "symbolic links")} left out.</p>
      )}
    </section>
  );
}
