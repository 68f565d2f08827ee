import Table from "cli-table3";
import { formatPeerAddress } from "#headless-peer/peer-address.ts";
import { printable } from "#shared/base/printable.ts";
import type { PeerView, TorrentView, WebSeedView } from "#shared/session/view.ts";
import { formatBytes } from "./format.ts";

const MAX_CLIENT_CHARACTERS = 20;

/** Why the rows may add up to more than the total. */
const SHARED_PIECES = "A piece that several peers sent parts of counts for each of them.\n";

/** What one peer or web seed gave us. */
type Row = Pick<PeerView, "client" | "goodPieces" | "failedPieces" | "score"> & {
  readonly peer: string;
  readonly kind: PeerView["kind"] | "web";
  /** Another peer introduced it. */
  readonly introduced: boolean;
  readonly bytes: number;
};

/** Who gave what, the most generous first. */
export function peerRows({ peers, formerPeers, webSeeds }: TorrentView): readonly Row[] {
  return [...[...peers, ...formerPeers].map(rowOfPeer), ...webSeeds.map(rowOfWebSeed)]
    .filter(({ bytes }) => bytes > 0)
    .sort((left, right) => right.bytes - left.bytes);
}

function rowOfPeer(peer: PeerView): Row {
  const { client, kind, goodPieces, failedPieces, score, downloadedBytes: bytes } = peer;
  const introduced = peer.isIntroduced;
  return { peer: peerName(peer), client, kind, introduced, goodPieces, failedPieces, score, bytes };
}

function rowOfWebSeed(seed: WebSeedView): Row {
  const { goodPieces, failedPieces, score, downloadedBytes: bytes } = seed;
  const named = {
    peer: `web seed ${webSeedHost(seed)}`,
    client: "",
    kind: "web",
    introduced: false,
  } as const;
  return { ...named, goodPieces, failedPieces, score, bytes };
}

/** A web seed's host and port. */
export function webSeedHost({ url }: Pick<WebSeedView, "url">): string {
  return new URL(url).host;
}

/** The same for people, with totals. Empty: nobody gave anything. */
export function peerTable(view: TorrentView): string {
  const rows = peerRows(view);
  if (rows.length === 0) return "";
  const table = plainTable(["peer", "client", "link", "pieces>", "bytes>", "failed>", "score>"]);
  for (const { peer, client, kind, introduced, goodPieces, bytes, failedPieces, score } of rows) {
    table.push([
      peer,
      clientText(client),
      linkText(kind, introduced),
      goodPieces,
      formatBytes(bytes),
      failedPieces,
      score,
    ]);
  }
  const { piecesHeld, piecesFetched, failedPieces } = view;
  const here = piecesHeld - piecesFetched;
  if (here > 0) table.push(["were here before", "", "", here, "", "", ""]);
  const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  table.push(["total", "", "", piecesHeld, formatBytes(bytes), failedPieces, ""]);
  const isShared = rows.reduce((sum, { goodPieces }) => sum + goodPieces, 0) > piecesFetched;
  return `${tableText(table)}\n${isShared ? SHARED_PIECES : ""}`;
}

/**
 * A table without borders; a column whose name ends in `>` is right-aligned. `widths`: columns on the screen, the space after each of
 * them included; what is longer is cut. Null or absent: as wide as what is in it.
 */
export function plainTable(columns: readonly string[], widths: readonly (number | null)[] = []): Table.Table {
  const rules = ["top", "bottom", "left", "right", "mid", "middle"] as const;
  const none = rules.flatMap((rule) => [rule, `${rule}-mid`, `${rule}-left`, `${rule}-right`]);
  return new Table({
    head: columns.map((name) => name.replace(">", "")),
    colAligns: columns.map((name) => (name.endsWith(">") ? "right" : "left")),
    colWidths: [...widths],
    chars: Object.fromEntries(none.map((rule) => [rule, ""])),
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
}

/** The table as text, without trailing spaces. */
export function tableText(table: Table.Table): string {
  return table.toString().replace(/ +$/gm, "");
}

/** A peer's address. We do not know it on a WebRTC link. */
export function peerName({ address }: Pick<PeerView, "address">): string {
  return address === undefined ? "browser" : formatPeerAddress(address);
}

/** The client as a table shows it. */
export function clientText(client: string): string {
  return printable(client, MAX_CLIENT_CHARACTERS);
}

const LINK_NAMES: Record<Row["kind"], string> = { rtc: "WebRTC", tcp: "TCP", web: "HTTP" };

/** The transport of a link, and whether another peer introduced it. */
export function linkText(kind: Row["kind"], introduced: boolean): string {
  return `${LINK_NAMES[kind]}${introduced ? ", introduced" : ""}`;
}
