import { ProtocolError } from "../base/errors.ts";
import type { InfoHash } from "../base/ids.ts";
import {
  type Announce,
  type Answer,
  type ClientMessage,
  type Failure,
  type Offer,
  parseAnnounceEvent,
  type TrackerMessage,
} from "./announce.ts";
import { MAX_SCRAPE_HASHES, trackerFields } from "./websocket.ts";
import {
  asFields,
  binary,
  type Fields,
  isCount,
  isPresent,
  malformed,
  optionalInfoHash,
  parseObject,
  readCount,
  readInfoHash,
  readOfferId,
  readPeerId,
  readSdp,
} from "./websocket-fields.ts";

// The tracker's end of WebTorrent's protocol in the plainest way, by JSON.parse and JSON.stringify: what our tracker, which
// reads bytes, is compared with.

/** Decodes a client's message, or returns the failure to send back. */
export function parseClientMessage(text: string): ClientMessage | Failure {
  let fields: Fields = {};
  try {
    fields = parseObject(text);
    return readClientMessage(fields);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const action = fields.action === "scrape" ? "scrape" : "announce";
    return { type: "failure", action, infoHash: optionalInfoHash(fields), reason: error.message };
  }
}

/** Encodes a tracker's message. */
export function encodeTrackerMessage(message: TrackerMessage): string {
  switch (message.type) {
    case "offer":
    case "answer":
      return JSON.stringify({
        action: "announce",
        info_hash: binary(message.infoHash),
        peer_id: binary(message.peerId),
        offer_id: binary(message.offerId),
        [message.type]: { type: message.type, sdp: message.sdp },
      });
    default:
      return JSON.stringify(trackerFields(message));
  }
}

function readClientMessage(fields: Fields): ClientMessage {
  if (fields.action === "scrape") return { type: "scrape", infoHashes: readScrapeHashes(fields.info_hash) };
  if (fields.action !== "announce") throw malformed("action must be announce or scrape");
  if (isPresent(fields.answer)) return { type: "answer", answer: readAnswer(fields) };
  return { type: "announce", announce: readAnnounce(fields) };
}

function readAnnounce(fields: Fields): Announce {
  return {
    infoHash: readInfoHash(fields.info_hash),
    peerId: readPeerId(fields.peer_id, "peer_id"),
    event: parseAnnounceEvent(fields.event),
    uploaded: readCount(fields.uploaded),
    downloaded: readCount(fields.downloaded),
    // WebTorrent sends null until it has a magnet's metadata.
    left: isCount(fields.left) ? fields.left : undefined,
    freeSlots: isCount(fields["free_slots"]) ? fields["free_slots"] : undefined,
    offers: readOffers(fields.offers),
  };
}

function readAnswer(fields: Fields): Answer {
  return {
    infoHash: readInfoHash(fields.info_hash),
    peerId: readPeerId(fields.peer_id, "peer_id"),
    toPeerId: readPeerId(fields.to_peer_id, "to_peer_id"),
    offerId: readOfferId(fields.offer_id),
    sdp: readSdp(fields.answer, "answer"),
  };
}

function readOffers(value: unknown): readonly Offer[] {
  if (!isPresent(value)) return [];
  if (!Array.isArray(value)) throw malformed("offers must be a list");
  return value.map((item: unknown) => {
    const fields = asFields(item, "an offer");
    return { offerId: readOfferId(fields.offer_id), sdp: readSdp(fields.offer, "offer") };
  });
}

function readScrapeHashes(value: unknown): readonly InfoHash[] {
  if (!isPresent(value)) throw malformed("a scrape must name its torrents by info_hash");
  const hashes: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (hashes.length > MAX_SCRAPE_HASHES) {
    throw malformed(`a scrape may name at most ${MAX_SCRAPE_HASHES} torrents`);
  }
  return hashes.map(readInfoHash);
}
