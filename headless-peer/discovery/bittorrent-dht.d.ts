declare module "bittorrent-dht" {
  interface Address {
    readonly host: string;
    readonly port: number;
  }

  /** The part that we use. */
  export class Client {
    constructor(options: {
      /** Replaces its own UDP socket. */
      readonly socket?: object;
      /** Without it the package would use its own list of public nodes. */
      readonly bootstrap: readonly Address[];
      readonly maxPeers?: number;
      readonly maxAge?: number;
    });
    on(event: "peer" | "announce", listener: (peer: Address, infoHash: Buffer) => void): this;
    on(event: "error", listener: (error: Error) => void): this;
    on(event: "get_peers" | "announce_peer", listener: (infoHash: Buffer) => void): this;
    listen(port?: number, host?: string, listening?: () => void): void;
    address(): { readonly port: number };
    lookup(infoHash: string, done: (error: Error | null, nodeCount?: number) => void): void;
    announce(infoHash: string, port: number, done: (error: Error | null) => void): void;
    destroy(): void;
  }
}
