import { peerPort } from "../announce/compact.ts";
import { type Context, freeLinks } from "./context.ts";
import type { Input } from "./effect.ts";
import { addPeer } from "./introductions.ts";
import type { Peer } from "./peer.ts";
import { isPrivate, isRunning, type Torrent } from "./torrent.ts";

/** Lower ports are other services': nobody shall make us knock there, nor a neighbour who forges where his call comes from. */
const LOWEST_PORT = 1_024;

/** Somebody named peers that take links over TCP. */
export function addressesFound(
  context: Context,
  torrent: Torrent,
  { source, addresses }: Extract<Input, { type: "addressesFound" }>,
): void {
  const isTracked = source === "tracker";
  if (!isTracked && isPrivate(torrent)) return;
  for (const address of addresses) {
    if (peerPort(address) >= LOWEST_PORT) torrent.candidates.found(context.now, address, isTracked);
  }
  dialMore(context, torrent);
}

/** Dials while peers are sought, links are free and not too many dials are under way. */
export function dialMore(context: Context, torrent: Torrent): void {
  if (!isRunning(torrent)) return;
  const { dialsMost, peersSought } = context.config;
  const dialling = [...context.peers.values()].filter(isDialling).length;
  const count = Math.min(dialsMost - dialling, peersSought - torrent.peers.size, freeLinks(context));
  for (const address of torrent.candidates.take(context.now, count)) {
    const { link } = addPeer(context, torrent, context.newLink(), { type: "dialled", address });
    context.effects.push({ type: "dial", link, address });
  }
}

/** A dialled link is over: its address may be dialled again, soon if the link was of use. */
export function dialEnded(context: Context, torrent: Torrent, { introduction, down, up }: Peer): void {
  if (introduction.type !== "dialled") return;
  if (down.total + up.total > 0) torrent.candidates.left(context.now, introduction.address);
  else torrent.candidates.failed(context.now, introduction.address);
}

function isDialling({ state, introduction }: Peer): boolean {
  return state.phase === "opening" && introduction.type === "dialled";
}
