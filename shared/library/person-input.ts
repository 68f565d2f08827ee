import type { Input } from "../session/input.ts";

/** What a person can want of one torrent or of all, whatever it runs on. The engine's own parts find out all other inputs. */
export type PersonInput = Extract<
  Input,
  {
    readonly type:
      | "torrentPaused"
      | "torrentResumed"
      | "deadlinesSet"
      | "controlsChanged"
      | "trackersChanged"
      | "deviceNamed"
      | "ratesChanged"
      | "linksLimited";
  }
>;
