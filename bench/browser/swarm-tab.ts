import type { Stage } from "./stage.ts";

/** A client that shares files, in a tab. Both ends of a run are tabs of the same client. */
export interface SwarmTab {
  /** Picks a file. Done when others can have it. */
  share(path: string): Promise<Shared>;
  /** Adds a link. Done when everything has arrived and is kept. */
  receive(link: string): Promise<Received>;
  /** Bytes of pieces that were sent to others. */
  sentBytes(): Promise<number>;
}

export interface Shared {
  readonly link: string;
  /** From the choice of the file on. */
  readonly readySeconds: number;
}

export interface Received {
  /** From the link to the first piece that was checked and is kept. */
  readonly firstPieceSeconds: number;
  /** From the link to the last piece. */
  readonly seconds: number;
}

/** Opens a tab that is idle and ready. */
export type OpenSwarmTab = (stage: Stage) => Promise<SwarmTab>;
