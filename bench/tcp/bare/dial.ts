import { connect } from "node:net";
import type { TorrentFile } from "#headless-peer/sources/torrent-file.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import type { Layout } from "#shared/meta/layout.ts";
import { encodeMessage, encodeRequests } from "#shared/wire/message.ts";
import { handshakeFor } from "./handshake.ts";
import { Reader, type ReaderEvents } from "./reader.ts";

const UNCHOKE_ID = 1;
const READ_BYTES = 64 * 1024;

/** A link to a seeder. */
export interface BareLink {
  /** Requests every block of a piece. */
  request(layout: Layout, piece: PieceIndex): void;
  /** Is no longer interested, but stays connected. */
  rest(): void;
}

export type BareEvents = Pick<ReaderEvents, "place" | "block"> & {
  /** The seeder serves us from now on. */
  readonly unchoked: () => void;
};

/** Dials a seeder on this machine and declares interest. */
export function dial(torrent: TorrentFile, port: number, { unchoked, place, block }: BareEvents): BareLink {
  const message = (id: number): void => {
    if (id === UNCHOKE_ID) unchoked();
  };
  const reader = new Reader({ message, place, block });
  const buffer = new Uint8Array(READ_BYTES);
  const callback = (length: number): boolean => {
    reader.push(buffer.subarray(0, length));
    return true;
  };
  const socket = connect({ host: "127.0.0.1", port, noDelay: true, onread: { buffer, callback } });
  socket.write(handshakeFor(torrent));
  socket.write(encodeMessage({ type: "interested" }));
  return {
    request: (layout, piece) => {
      const count = layout.blockCount(piece);
      const blocks = Array.from({ length: count }, (_, at) => layout.block(piece, at));
      socket.write(encodeRequests(blocks));
    },
    rest: () => void socket.write(encodeMessage({ type: "notInterested" })),
  };
}
