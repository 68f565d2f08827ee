import type { InfoHash } from "../base/ids.ts";
import {
  type Announce,
  type AnnounceReply,
  type Answer,
  encodeRetryIn,
  type Failure,
  type Offer,
  type RelayedSdp,
  readFailureCode,
  readRetryIn,
  type ScrapeReply,
  type SwarmCounts,
  type TrackerMessage,
} from "./announce.ts";
import {
  asFields,
  binary,
  type Fields,
  isInterval,
  isPresent,
  malformed,
  optionalInfoHash,
  optionalSentence,
  optionalText,
  parseObject,
  readCount,
  readInfoHash,
  readOfferId,
  readPeerId,
  readSdp,
} from "./websocket-fields.ts";

// WebTorrent's tracker protocol: JSON over WebSocket. It has no BEP; bittorrent-tracker is the reference.
// Ids of 20 bytes are strings of exactly 20 characters U+0000 to U+00FF. We ignore unknown fields.

/** Bytes of the longest message from a client: room for ten offers with many candidates. */
export const MAX_CLIENT_MESSAGE_BYTES = 64 * 1024;
/** Characters of the longest message from a tracker: room for the longest SDP, escaped, and its envelope. */
export const MAX_TRACKER_MESSAGE_CHARACTERS = 128 * 1024;
/** Hashes in one scrape: the reply stays below 64 KiB. */
export const MAX_SCRAPE_HASHES = 256;
/** The default interval over WebSocket, in seconds, which most trackers use. */
export const ANNOUNCE_INTERVAL_SECONDS = 120;

/** Encodes an announce. `update` is sent without an event, and an unknown `left` is omitted. */
export function encodeAnnounce(announce: Announce): string {
  const { infoHash, peerId, event, uploaded, downloaded, left, freeSlots, offers } = announce;
  return JSON.stringify({
    action: "announce",
    info_hash: binary(infoHash),
    peer_id: binary(peerId),
    numwant: offers.length, // Without it, wt-tracker relays no offers.
    uploaded,
    downloaded,
    left,
    event: event === "update" ? undefined : event,
    free_slots: freeSlots,
    offers: offers.length === 0 ? undefined : offers.map(offerFields),
  });
}

/** Encodes an answer to a relayed offer. */
export function encodeAnswer({ infoHash, peerId, toPeerId, offerId, sdp }: Answer): string {
  return JSON.stringify({
    action: "announce",
    info_hash: binary(infoHash),
    peer_id: binary(peerId),
    to_peer_id: binary(toPeerId),
    offer_id: binary(offerId),
    answer: { type: "answer", sdp },
  });
}

/** Decodes a tracker's message. Throws a `ProtocolError` if malformed. */
export function parseTrackerMessage(text: string): TrackerMessage {
  if (text.length > MAX_TRACKER_MESSAGE_CHARACTERS) throw malformed("the message is too long");
  const fields = parseObject(text);
  const action = fields.action === "scrape" ? "scrape" : "announce";
  if (isPresent(fields["failure reason"])) {
    const reason = optionalSentence(fields["failure reason"]) ?? "the tracker gave no reason";
    const retryIn = readRetryIn(
      fields["retry in"],
      Math.max(readCount(fields.interval), minInterval(fields)),
    );
    const code = readFailureCode(fields["failure code"]);
    return { type: "failure", action, infoHash: optionalInfoHash(fields), reason, retryIn, code };
  }
  if (action === "scrape") return readScrapeReply(fields);
  if (fields.action !== "announce") throw malformed("action is neither announce nor scrape");
  if (isPresent(fields.offer)) return readRelayed(fields, "offer");
  if (isPresent(fields.answer)) return readRelayed(fields, "answer");
  return readAnnounceReply(fields);
}

/** The fields of a message that a tracker makes itself. Offers and answers are put together where they are relayed. */
export function trackerFields(message: AnnounceReply | ScrapeReply | Failure): object {
  switch (message.type) {
    case "announceReply":
      return {
        action: "announce",
        info_hash: binary(message.infoHash),
        interval: message.intervalSeconds,
        "min interval": message.minIntervalSeconds,
        complete: message.seeders,
        incomplete: message.leechers,
        offers_relayed: message.offersRelayed,
        "tracker id": message.trackerId,
        "warning message": message.warning,
      };
    case "scrapeReply":
      return { action: "scrape", files: Object.fromEntries(Array.from(message.swarms, swarmFields)) };
    case "failure":
      return {
        action: message.action,
        info_hash: message.infoHash === undefined ? undefined : binary(message.infoHash),
        "failure reason": message.reason,
        "failure code": message.code,
        "retry in": encodeRetryIn(message.retryIn),
      };
  }
}

function swarmFields([infoHash, counts]: readonly [InfoHash, SwarmCounts]): [string, object] {
  const { seeders, leechers, downloaded } = counts;
  return [binary(infoHash), { complete: seeders, incomplete: leechers, downloaded }];
}

function offerFields({ offerId, sdp }: Offer): object {
  return { offer: { type: "offer", sdp }, offer_id: binary(offerId) };
}

function readAnnounceReply(fields: Fields): AnnounceReply {
  return {
    type: "announceReply",
    infoHash: readInfoHash(fields.info_hash),
    intervalSeconds: isInterval(fields.interval) ? fields.interval : ANNOUNCE_INTERVAL_SECONDS,
    minIntervalSeconds: minInterval(fields) || undefined,
    seeders: readCount(fields.complete),
    leechers: readCount(fields.incomplete),
    offersRelayed: isPresent(fields["offers_relayed"]) ? readCount(fields["offers_relayed"]) : undefined,
    trackerId: optionalText(fields["tracker id"]),
    warning: optionalSentence(fields["warning message"]),
  };
}

/** Seconds, or 0 if absent. Some trackers spell it as over HTTP, some the way libtorrent reads it. */
function minInterval(fields: Fields): number {
  return readCount(fields["min interval"] ?? fields["min_interval"]);
}

function readRelayed(fields: Fields, type: "offer" | "answer"): RelayedSdp {
  return {
    type,
    infoHash: readInfoHash(fields.info_hash),
    peerId: readPeerId(fields.peer_id, "peer_id"),
    offerId: readOfferId(fields.offer_id),
    sdp: readSdp(fields[type], type),
  };
}

function readScrapeReply(fields: Fields): ScrapeReply {
  const swarms = new Map<InfoHash, SwarmCounts>();
  for (const [key, value] of Object.entries(asFields(fields.files, "files"))) {
    const counts = asFields(value, "the counts of a swarm");
    swarms.set(readInfoHash(key), {
      seeders: readCount(counts.complete),
      leechers: readCount(counts.incomplete),
      downloaded: readCount(counts.downloaded),
    });
  }
  return { type: "scrapeReply", swarms };
}
