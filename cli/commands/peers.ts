import { Command, InvalidArgumentError } from "commander";
import type { HeadlessPeer } from "#headless-peer/peer.ts";
import { type NamedTorrent, namedTorrent } from "#headless-peer/sources/named-torrent.ts";
import { printable } from "#shared/base/printable.ts";
import { withoutKey } from "#shared/base/tracker-key.ts";
import type { TorrentView, TrackerView } from "#shared/session/view.ts";
import { CommandError } from "../failure.ts";
import { addPeerFlags, foundWithoutTracker, type PeerFlags } from "../flags/peer-flags.ts";
import { lookUntil, type Watch } from "../look-until.ts";
import { type Run, runOnce, withCommonFlags } from "../once.ts";
import { plural } from "../show/format.ts";
import { clientText, linkText, plainTable, tableText } from "../show/peer-table.ts";
import { showStatus } from "../show/status.ts";
import { type SwarmPeer, SwarmWatch } from "../show/swarm-watch.ts";
import { trackerTroubles } from "../show/tracker-trouble.ts";
import { idlePeersAt } from "../sources/idle-peers.ts";
import { readTorrentReferences } from "../sources/torrent-reference.ts";
import { findTrackers } from "../sources/trackers.ts";
import { startPeer } from "../start-peer.ts";
import { stopSignal } from "../stop-signal.ts";

interface PeersFlags extends PeerFlags {
  readonly idle: boolean;
  readonly limit: number;
}

/** A peer has at most this many links. */
const MAX_LIMIT = 50;

/** So often at most when nothing happens. */
const LOOKS_APART_MILLIS = 100;

/** `tabswarm peers`: lists the peers in a torrent's swarm, and who has a free upload slot. */
export function peersCommand(): Command {
  const command = new Command("peers")
    .description("list the peers in a torrent's swarm; takes some seconds, downloads nothing")
    .argument("<torrent>", "magnet link, share link, info-hash or .torrent file")
    .option("--idle", "only peers that would serve us now, in the order in which they said so", false)
    .option("--limit <number>", `list at most this many, up to ${MAX_LIMIT}`, parseLimit, MAX_LIMIT);
  return withCommonFlags(addPeerFlags(command)).action(peers);
}

async function peers(text: string, flags: PeersFlags): Promise<void> {
  await runOnce("peers", flags, async (run) => {
    const named = await findTrackers(flags.tracker, run.warn);
    const [reference, ...others] = await readTorrentReferences(text, run.warn);
    if (reference === undefined) return;
    if (others.length > 0) run.warn("That text has several links. Only the first one is used.");
    const torrent = await namedTorrent(reference, named, run.warn);
    if (flags.idle) {
      const known = await idlePeersAt(flags.tracker, torrent.infoHash, flags.limit);
      if (known.length >= flags.limit) return tellKnown(known, torrent, flags);
    }
    if (torrent.trackers.length === 0)
      run.warn(foundWithoutTracker(flags, torrent.metadata?.info.isPrivate ?? false));
    const peer = await startPeer(flags, named, run, { peersSought: MAX_LIMIT });
    const watch = new SwarmWatch(flags.idle, flags.limit);
    const lines = (): string[] => [`Looking around: ${plural(watch.peers().length, "peer", "peers")} so far`];
    const status = showStatus({ lines, facts: () => [] }, flags.json);
    try {
      await peer.add({ ...torrent, select: () => undefined });
      const view = await lookAround(peer, watch);
      status.end();
      if (view !== undefined) tell(watch.peers(), view, flags, run);
    } finally {
      status.end();
      await peer.close();
    }
  });
}

/** Watches until there is nothing new to expect, or until a signal stops it. */
async function lookAround(peer: HeadlessPeer, swarm: SwarmWatch): Promise<TorrentView | undefined> {
  await lookUntil(stopSignal(), newsOrTime(peer, swarm), () => {
    const [view] = peer.view();
    return view !== undefined && swarm.look(performance.now(), view) ? true : undefined;
  });
  return peer.view()[0];
}

/** Looks when anything happens, and when nothing has happened for long enough. */
function newsOrTime(peer: HeadlessPeer, swarm: SwarmWatch): Watch {
  return (look) => {
    let timer = setTimeout(lookNow);
    let hasEnded = false;
    function lookNow(): void {
      clearTimeout(timer);
      look();
      if (!hasEnded)
        timer = setTimeout(lookNow, Math.max(LOOKS_APART_MILLIS, swarm.lookAgainAt - performance.now()));
    }
    const endWatch = peer.watch(lookNow);
    return () => {
      hasEnded = true;
      endWatch();
      clearTimeout(timer);
    };
  };
}

function tell(
  found: readonly SwarmPeer[],
  view: TorrentView,
  { idle, json }: PeersFlags,
  { warn }: Run,
): void {
  const isUnheard = view.trackers.length > 0 && view.trackers.every(({ state }) => state !== "working");
  if (isUnheard && view.peers.length === 0) throw new CommandError(unheardText(view.trackers), json);
  for (const { what } of trackerTroubles([view])) warn(what);
  if (json) for (const peer of found) console.log(peerLine(peer));
  else console.log(found.length > 0 ? `${table(found)}\n${countText(found, view)}` : nobodyText(view, idle));
}

/** Says what a tracker knows, without taking part in the swarm. */
function tellKnown(
  found: readonly SwarmPeer[],
  { infoHash, displayName, metadata }: NamedTorrent,
  { json }: PeersFlags,
): void {
  if (json) return found.forEach((peer) => void console.log(peerLine(peer)));
  const name = printable(metadata?.info.name ?? displayName ?? infoHash);
  const count = plural(found.length, "peer", "peers");
  console.log(`${table(found)}\n${count} of ${name} with a free upload slot, as the tracker knows.`);
}

const peerLine = (peer: SwarmPeer): string => JSON.stringify({ type: "peer", ...peer });

function table(found: readonly SwarmPeer[]): string {
  const rows = plainTable(["peer", "client", "link", "has>", "seeding", "free slot"]);
  for (const { peer, client, kind, introduced, progress, seeding, idle } of found) {
    const has = progress === undefined ? "?" : `${Math.floor(progress * 100)} %`;
    const slot = idle === undefined ? "" : idle ? "yes" : "no";
    rows.push([peer, clientText(client), linkText(kind, introduced), has, seeding ? "yes" : "no", slot]);
  }
  return tableText(rows);
}

function countText(found: readonly SwarmPeer[], view: TorrentView): string {
  const shown = found.length < view.peers.length ? `${found.length} of ` : "";
  return `${shown}${plural(view.peers.length, "peer", "peers")} of ${printable(view.name)}${unreachedText(view)}.`;
}

function nobodyText(view: TorrentView, idle: boolean): string {
  const name = printable(view.name);
  if (idle && view.peers.length > 0)
    return `${plural(view.peers.length, "peer", "peers")} of ${name}, none with a free upload slot. Try again in a while.`;
  if (view.trackers.length === 0)
    return `Nobody else was found in the swarm of ${name}, and no tracker was asked. Pass --tracker to ask one.`;
  return `Nobody else is in the swarm of ${name} now${unreachedText(view)}.`;
}

/** How many peers trackers count that we have no link to. */
function unreachedText({ trackers, peers }: TorrentView): string {
  const counted = Math.max(0, ...trackers.map(({ seeders, leechers }) => seeders + leechers - 1)); // We are one of them.
  const missing = counted - peers.length;
  return missing > 0 ? `; its trackers count ${missing} more that we could not reach` : "";
}

function unheardText(trackers: readonly TrackerView[]): string {
  const reasons = trackers.map(({ url, message }) => `${withoutKey(url)} (${message ?? "no answer"})`);
  return `No tracker says who is there: ${reasons.join(", ")}. Check the addresses, or try again later.`;
}

function parseLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MAX_LIMIT}.`);
}
