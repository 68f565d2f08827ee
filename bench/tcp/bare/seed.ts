import { type FileHandle, open } from "node:fs/promises";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { TorrentFile } from "#headless-peer/sources/torrent-file.ts";
import { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import type { Layout } from "#shared/meta/layout.ts";
import { blockHeader, encodeMessage } from "#shared/wire/message.ts";
import { handshakeFor } from "./handshake.ts";
import { Reader } from "./reader.ts";

const REQUEST_ID = 6;

interface Request {
  readonly piece: number;
  readonly begin: number;
  readonly length: number;
}

/** Serves a file to every peer that connects. */
export async function seed(torrent: TorrentFile, path: string): Promise<void> {
  const file = await open(path);
  const { layout } = torrent.info;
  const server = createServer({ noDelay: true }, (socket) => {
    const server = new Serving(socket, layout, file);
    const reader = new Reader({
      message: (id, frame) => {
        if (id !== REQUEST_ID) return;
        server.requested({
          piece: frame.getUint32(5),
          begin: frame.getUint32(9),
          length: frame.getUint32(13),
        });
      },
      place: () => new Uint8Array(),
      block: () => {},
    });
    socket.on("data", (bytes) => reader.push(bytes));
    socket.on("error", () => socket.destroy());
    socket.write(handshakeFor(torrent));
    socket.write(encodeMessage({ type: "bitfield", bits: Bitfield.full(layout.pieceCount).bytes }));
    socket.write(encodeMessage({ type: "unchoke" }));
  });
  server.listen(0, "127.0.0.1", () => {
    console.log(`listening at ${(server.address() as AddressInfo).port}`);
  });
}

/** Serves one link in the order of its requests, a piece at a time, and reads the next piece while it sends one. */
class Serving {
  readonly #socket: Socket;
  readonly #layout: Layout;
  readonly #file: FileHandle;
  #requests: Request[] = [];
  #isServing = false;
  #read: { readonly piece: number; readonly bytes: Promise<Uint8Array> } | undefined;

  constructor(socket: Socket, layout: Layout, file: FileHandle) {
    this.#socket = socket;
    this.#layout = layout;
    this.#file = file;
  }

  requested(request: Request): void {
    this.#requests.push(request);
    if (!this.#isServing) void this.#serve();
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    for (let [first] = this.#requests; first !== undefined; [first] = this.#requests) {
      const { piece } = first;
      const bytes = await this.#piece(piece);
      const end = this.#requests.findIndex((request) => request.piece !== piece);
      const batch = this.#requests.splice(0, end < 0 ? this.#requests.length : end);
      const [next] = this.#requests;
      if (next !== undefined) void this.#piece(next.piece);
      await this.#send(bytes, batch);
    }
    this.#isServing = false;
  }

  #piece(piece: number): Promise<Uint8Array> {
    if (this.#read?.piece !== piece) this.#read = { piece, bytes: this.#readPiece(piece as PieceIndex) };
    return this.#read.bytes;
  }

  async #readPiece(piece: PieceIndex): Promise<Uint8Array> {
    const bytes = Buffer.allocUnsafeSlow(this.#layout.pieceBytes(piece));
    await this.#file.read(bytes, 0, bytes.length, piece * this.#layout.pieceLength);
    return bytes;
  }

  #send(bytes: Uint8Array, batch: readonly Request[]): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.cork();
      for (const { piece, begin, length } of batch) {
        this.#socket.write(blockHeader(piece, begin, length));
        this.#socket.write(bytes.subarray(begin, begin + length));
      }
      this.#socket.write("", () => resolve());
      this.#socket.uncork();
    });
  }
}
