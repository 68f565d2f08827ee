import type { HeadlessPeer } from "#headless-peer/peer.ts";
import type { EndReason } from "#headless-peer/sharing-ends.ts";
import { type NamedTrackers, withTyped } from "#headless-peer/trackers/named-trackers.ts";
import { UsageError } from "#shared/base/errors.ts";
import { isContent } from "#shared/meta/layout.ts";
import { ownLimits, type TorrentLimits } from "../flags/limit-flags.ts";
import { changedTrackers } from "./changed-trackers.ts";
import type { TorrentRecord } from "./record.ts";
import type { DaemonTorrent } from "./torrent.ts";

/** What somebody wants of a torrent from now on. Absent: as it is. */
export interface TorrentChange {
  readonly isPaused?: boolean;
  /** Undefined, but there: all. */
  readonly selectedFiles?: readonly number[] | undefined;
  readonly firstFiles?: readonly number[];
  readonly limits?: TorrentLimits;
  readonly addTrackers?: readonly string[];
  readonly removeTrackers?: readonly string[];
}

/** What changes need of the daemon. */
interface ChangePorts {
  readonly peer: HeadlessPeer;
  readonly named: NamedTrackers;
  /** Keeps part of a torrent's record in place of what it was. */
  readonly keep: (torrent: DaemonTorrent, change: Partial<TorrentRecord>) => void;
  /** Whether nobody has removed it. */
  readonly has: (torrent: DaemonTorrent) => boolean;
  readonly tellProblem: (torrent: DaemonTorrent, problem: string) => void;
}

/** Carries out what somebody wants of torrents, and keeps it for the next start. */
export class TorrentChanges {
  readonly #ports: ChangePorts;

  constructor(ports: ChangePorts) {
    this.#ports = ports;
  }

  /** Rejects with a `UsageError` if it cannot be so. */
  async make(torrent: DaemonTorrent, change: TorrentChange): Promise<void> {
    const { limits, isPaused, addTrackers, removeTrackers } = change;
    if (addTrackers !== undefined || removeTrackers !== undefined) this.#announce(torrent, change);
    if ("selectedFiles" in change || change.firstFiles !== undefined) await this.#choose(torrent, change);
    if (limits !== undefined) this.#limit(torrent, limits);
    if (isPaused !== undefined && this.#ports.has(torrent)) await this.#pause(torrent, isPaused);
  }

  #limit(torrent: DaemonTorrent, limits: TorrentLimits): void {
    const { peer, keep } = this.#ports;
    const { infoHash } = torrent;
    keep(torrent, { limits });
    const { controls, sharedUntil } = ownLimits(limits);
    if (controls !== undefined) peer.feed({ type: "controlsChanged", infoHash, controls });
    peer.shareUntil(infoHash, sharedUntil);
  }

  #announce(torrent: DaemonTorrent, { addTrackers = [], removeTrackers = [] }: TorrentChange): void {
    const { peer, named, keep } = this.#ports;
    const { record, infoHash, metadata } = torrent;
    if (metadata?.info.isPrivate === true)
      throw new UsageError(
        "private",
        "This torrent is private: only the trackers that it names may know of it, so none can be added or taken out.",
      );
    const own = [...new Set([...named.announceUrls, ...named.publicUrls])];
    const trackers = changedTrackers(record.trackers, own, addTrackers, removeTrackers);
    keep(torrent, { trackers });
    peer.torrents.announceTo(infoHash, withTyped(named, trackers));
  }

  async #choose(torrent: DaemonTorrent, change: TorrentChange): Promise<void> {
    const { peer, keep } = this.#ports;
    const { record, info, infoHash } = torrent;
    if (record.content.type === "own")
      throw new UsageError(
        "ownFiles",
        "This torrent shares files of your own, so there is nothing to choose.",
      );
    const selectedFiles = "selectedFiles" in change ? change.selectedFiles : record.selectedFiles;
    const firstFiles =
      change.firstFiles ?? record.firstFiles.filter((at) => selectedFiles?.includes(at) ?? true);
    const isThere = (at: number): boolean => {
      const file = info?.files[at];
      return info === undefined || (file !== undefined && isContent(file));
    };
    const strange = [...(selectedFiles ?? []), ...firstFiles].find((at) => !isThere(at));
    if (strange !== undefined)
      throw new UsageError("noSuchFile", `The torrent has no file ${strange} to fetch.`);
    if (selectedFiles?.length === 0)
      throw new UsageError("nothingSelected", "Select at least one file, or pause the torrent.");
    keep(torrent, { selectedFiles, firstFiles });
    await torrent.inTurn(() => peer.torrents.choose(infoHash, selectedFiles, firstFiles));
  }

  async #pause(torrent: DaemonTorrent, isPaused: boolean): Promise<void> {
    const { peer, keep, tellProblem } = this.#ports;
    const { infoHash } = torrent;
    keep(torrent, { isPaused });
    const view = torrent.view(peer.viewOf(infoHash));
    if (!isPaused && view.phase === "error") {
      const problem = await torrent.enterAnew();
      if (problem !== undefined) tellProblem(torrent, problem);
      return;
    }
    const reached = isPaused ? undefined : peer.endReason(view);
    if (reached !== undefined) keep(torrent, { limits: withoutEnd(torrent.record.limits, reached) });
    peer.shareUntil(infoHash, torrent.record.limits.stopAt);
    peer.feed({ type: isPaused ? "torrentPaused" : "torrentResumed", infoHash });
  }
}

/** The person shares on what has ended: what ended it no longer counts, also after a restart. The engine forgets its limits all at once. */
function withoutEnd(limits: TorrentLimits, reached: EndReason): TorrentLimits {
  const { stopAt: _, ...withoutMoment } = limits;
  if (reached === "moment") return withoutMoment;
  const { stopRatio: __, stopAfter: ___, stopAfterDownloads: ____, ...others } = limits;
  return others;
}
