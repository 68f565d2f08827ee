import type { Stage } from "./stage.ts";

/** A file-sharing client in a tab. Both ends of a run use the same client. */
export interface SwarmTab {
  /** Picks a file. Resolves when others can download it. */
  share(path: string): Promise<Shared>;
  /** Adds a link. Resolves when everything is downloaded and stored. */
  receive(link: string): Promise<Received>;
  /** Bytes of pieces sent to others. */
  sentBytes(): Promise<number>;
}

export interface Shared {
  readonly link: string;
  /** From choosing the file. */
  readonly readySeconds: number;
}

export interface Received {
  /** From adding the link to the first verified and stored piece. */
  readonly firstPieceSeconds: number;
  /** From adding the link to the last piece. */
  readonly seconds: number;
}

/** Opens a tab that is ready and idle. */
export type OpenSwarmTab = (stage: Stage) => Promise<SwarmTab>;
