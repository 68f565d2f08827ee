// Platform classes that are the same in browsers and Node, and involve no clock, randomness or I/O of their own.

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}

declare class URL {
  constructor(url: string, base?: string);
  readonly protocol: string;
  readonly hostname: string;
  readonly host: string;
  readonly port: string;
  readonly origin: string;
  readonly username: string;
  readonly password: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
  readonly href: string;
  toString(): string;
}

declare class AbortSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

declare class AbortController {
  readonly signal: AbortSignal;
  abort(reason?: unknown): void;
}

/** Bytes that may lie on a disk. Reading them is the platform's business, and does not happen before `arrayBuffer`. */
declare class Blob {
  constructor(
    parts?: readonly (Blob | Uint8Array<ArrayBuffer> | string)[],
    options?: { readonly type?: string },
  );
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number, type?: string): Blob;
  arrayBuffer(): Promise<ArrayBuffer>;
}

declare class File extends Blob {
  readonly name: string;
}

interface ReadableStreamDefaultController<Chunk> {
  enqueue(chunk: Chunk): void;
  close(): void;
}

declare class ReadableStream<Chunk> {
  constructor(
    source: {
      pull?(controller: ReadableStreamDefaultController<Chunk>): Promise<void>;
      cancel?(reason?: unknown): void;
    },
    strategy?: { readonly highWaterMark?: number },
  );
}
