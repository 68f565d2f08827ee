import type { FetchRange, RangeWanted } from "../driver/ports.ts";
import type { FileEntry } from "../meta/layout.ts";
import type { FetchProblem } from "../session/web-seed.ts";
import type { SampleTorrent } from "./sample-torrent.ts";
import type { Scheduler } from "./scheduler.ts";

/** How a web server behaves. */
export interface WebServerSetup {
  readonly bytesPerSecond?: number;
  readonly delayMillis?: number;
  /** Fails some requests. */
  readonly fails?: (wanted: RangeWanted) => FetchProblem | undefined;
  /** Changes bytes before they are sent. */
  readonly spoil?: (wanted: RangeWanted, bytes: Uint8Array) => void;
  /** Sends no more than this many bytes of each answer, and then nothing. */
  readonly stopsAfter?: number;
}

const CHUNK_BYTES = 10_000;

/** A web server with the files of a torrent at `http://web.test/`, in virtual time. */
export class WebServer {
  readonly asked: RangeWanted[] = [];
  /** Requests under way, and the most there were at a time. */
  open = 0;
  mostOpen = 0;
  cancelled = 0;
  bytesSent = 0;
  readonly #scheduler: Scheduler;
  readonly #torrent: SampleTorrent;
  setup: WebServerSetup;

  constructor(scheduler: Scheduler, torrent: SampleTorrent, setup: WebServerSetup = {}) {
    this.#scheduler = scheduler;
    this.#torrent = torrent;
    this.setup = setup;
  }

  readonly fetchRange: FetchRange = (wanted, { arrived, ended }) => {
    const {
      bytesPerSecond = 5_000_000,
      delayMillis = 20,
      stopsAfter = Number.POSITIVE_INFINITY,
    } = this.setup;
    this.asked.push(wanted);
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    let isOver = false;
    const end = (): void => {
      if (!isOver) this.open -= 1;
      isOver = true;
    };
    const send = (at: number): void => {
      if (isOver || at >= stopsAfter) return;
      const part = this.#bytes(wanted, at);
      const next = at + part.length;
      const isLast = next === wanted.length;
      this.bytesSent += part.length;
      if (isLast) end();
      arrived(part);
      if (isLast) ended(undefined);
      else if (!isOver) this.#scheduler.after((part.length * 1000) / bytesPerSecond, () => send(next));
    };
    this.#scheduler.after(delayMillis, () => {
      if (isOver) return;
      const problem = this.setup.fails?.(wanted);
      if (problem === undefined) return send(0);
      end();
      ended(problem);
    });
    return () => {
      if (!isOver) this.cancelled += 1;
      end();
    };
  };

  #bytes(wanted: RangeWanted, at: number): Uint8Array {
    const { offset } = this.#fileAt(wanted.url);
    const { pieceLength } = this.#torrent.info.layout;
    const length = Math.min(CHUNK_BYTES, wanted.length - at);
    const bytes = Uint8Array.from({ length }, (_, index) => {
      const place = offset + wanted.begin + at + index;
      return this.#torrent.piece(Math.floor(place / pieceLength) as never)[place % pieceLength] ?? 0;
    });
    this.setup.spoil?.(wanted, bytes);
    return bytes;
  }

  #fileAt(url: string): FileEntry {
    const { name, files, isFolder } = this.#torrent.info;
    const path = decodeURIComponent(new URL(url).pathname);
    const file = files.find((each) => path.endsWith(isFolder ? `/${name}/${each.path}` : `/${each.path}`));
    if (file === undefined) throw new Error(`nothing is at ${url}`);
    return file;
  }
}
