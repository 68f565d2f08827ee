import { ProtocolError } from "../base/errors.ts";
import {
  decodeExtendedHandshake,
  EXTENDED_HANDSHAKE_ID,
  type ExtendedHandshake,
  encodeExtendedHandshake,
  OUR_EXCHANGE_ID,
  OUR_INTRODUCTION_ID,
  OUR_METADATA_ID,
} from "../wire/extension.ts";
import { type Context, changed, leaveOut, say } from "./context.ts";
import { metadataMessageArrived, metadataOffered } from "./metadata.ts";
import type { Peer } from "./peer.ts";
import { isPrivate, type Torrent } from "./torrent.ts";

export function sayExtendedHandshake(context: Context, torrent: Torrent, peer: Peer): void {
  const waits = torrent.content?.picker.hasDeadlines ?? false;
  if (waits) peer.knowsThatWeWait = true;
  const payload = encodeExtendedHandshake({
    waits,
    exchanges: context.exchange?.isWanted(torrent, peer) ?? false,
    introduces: context.introductions?.isWanted(torrent) ?? false,
    port: peer.kind === "tcp" ? context.config.port : undefined,
    metadataBytes: torrent.content?.metadata.infoBytes.length,
    maxRequestsQueued: context.config.maxRequestsQueued,
    client: context.config.client,
    superSeeds: torrent.content?.superSeeding !== undefined,
    ...deviceFor(context, torrent),
  });
  say(context, peer, { type: "extended", id: EXTENDED_HANDSHAKE_ID, payload });
  context.introductions?.announced(context, torrent, peer);
}

/**
 * Nothing of the device goes to a private swarm: its people know each other by their accounts, and a name would join the two. So
 * we say nothing before the metadata, which tells whether it is one.
 */
function deviceFor(
  { config, deviceName }: Context,
  torrent: Torrent,
): Partial<Pick<ExtendedHandshake, "device" | "deviceName">> {
  return torrent.content === undefined || isPrivate(torrent) ? {} : { deviceName, device: config.device };
}

/** Somebody waits for pieces here: peers that tell of theirs one by one must know. */
export function sayThatWeWait(context: Context, torrent: Torrent): void {
  if (!torrent.content?.picker.hasDeadlines) return;
  for (const peer of torrent.peers.values())
    if (peer.superSeeds && !peer.knowsThatWeWait) sayExtendedHandshake(context, torrent, peer);
}

/** The device has another name: tells every peer that knows the old one. */
export function deviceNamed(context: Context, torrent: Torrent): void {
  if (torrent.content === undefined || isPrivate(torrent)) return;
  for (const peer of torrent.peers.values())
    if (peer.state.phase === "open" && peer.state.extended) sayExtendedHandshake(context, torrent, peer);
}

/**
 * An extended message (BEP 10). We ignore ids that we did not announce, and messages that we cannot parse: the link can go
 * on without extensions.
 */
export function extendedArrived(
  context: Context,
  torrent: Torrent,
  peer: Peer,
  id: number,
  payload: Uint8Array,
): void {
  try {
    readExtended(context, torrent, peer, id, payload);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    leaveOut(context, peer, `extended message ${id}: ${error.message}`);
  }
}

function readExtended(context: Context, torrent: Torrent, peer: Peer, id: number, payload: Uint8Array): void {
  if (id === EXTENDED_HANDSHAKE_ID) return extendedHandshakeArrived(context, torrent, peer, payload);
  if (id === OUR_METADATA_ID) return metadataMessageArrived(context, torrent, peer, payload);
  if (id === OUR_EXCHANGE_ID) return context.exchange?.heard(context, torrent, peer, payload);
  if (id === OUR_INTRODUCTION_ID) return context.introductions?.heard(context, torrent, peer, payload);
}

/** A peer may repeat it with news. */
function extendedHandshakeArrived(context: Context, torrent: Torrent, peer: Peer, payload: Uint8Array): void {
  const theirs = decodeExtendedHandshake(payload);
  peer.metadataId = theirs.metadataId;
  peer.metadataBytes = theirs.metadataBytes;
  peer.client = theirs.client;
  peer.deviceName = theirs.deviceName;
  peer.device = theirs.device;
  if (theirs.prefersEncryption) peer.prefersEncryption = true;
  peer.exchange.id = theirs.exchangeId;
  peer.introductionId = theirs.introductionId;
  context.introductions?.announced(context, torrent, peer);
  if (theirs.superSeeds && !peer.superSeeds) {
    peer.superSeeds = true;
    changed(context, torrent).theirPieces.add(peer);
    sayThatWeWait(context, torrent);
  }
  if (theirs.waits && !peer.waits) {
    peer.waits = true;
    torrent.content?.superSeeding?.waits(peer.link);
    changed(context, torrent);
  }
  if (theirs.port !== undefined) context.dialling?.portSaid(torrent, peer, theirs.port);
  if (theirs.maxRequestsQueued !== undefined) peer.pipeline.limitTo(theirs.maxRequestsQueued);
  metadataOffered(context, torrent, peer);
}
