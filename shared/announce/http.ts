import { bytesToBinaryString } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { type InfoHash, idBytes, type PeerId, type TrackerUrl } from "../base/ids.ts";
import {
  type AddressAnnounce,
  type Failure,
  type PeersForm,
  parseAnnounceEvent,
  UNKNOWN_LEFT_BYTES,
} from "./announce.ts";
import {
  decodeCount,
  decodeInfoHash,
  decodePeerId,
  malformedQuery,
  parseQuery,
  percentDecode,
  percentEncode,
} from "./http-query.ts";

// Clients' requests to a tracker over HTTP (BEP 3, 7, 23, 48), for both ends. Replies are in `http-reply.ts`.

/** Torrents in one scrape over HTTP: as many hashes fit into the longest query. */
export const MAX_HTTP_SCRAPE_HASHES = 100;
/** Bytes of the longest `key`. Clients send eight hex digits. */
export const MAX_ANNOUNCE_KEY_BYTES = 64;

/** A client's request to a tracker over HTTP. */
export type HttpRequest =
  | { readonly type: "announce"; readonly announce: AddressAnnounce; readonly peersForm: PeersForm }
  | { readonly type: "scrape"; readonly infoHashes: readonly InfoHash[] };

/** Whether a client takes encrypted links, or no others: some trackers name peers that fit. */
export type EncryptionSaid = "supported" | "required";

/** The URL of an announce. `trackerId` is the id from the tracker's earlier reply. */
export function announceUrl(
  tracker: TrackerUrl,
  announce: AddressAnnounce,
  trackerId: string | undefined,
  encryption?: EncryptionSaid,
): string {
  const { infoHash, peerId, port, uploaded, downloaded, left, event, key, peersWanted, freeSlots } = announce;
  const fields = [
    `info_hash=${encodeId(infoHash)}`,
    `peer_id=${encodeId(peerId)}`,
    `port=${port}`,
    `uploaded=${uploaded}`,
    `downloaded=${downloaded}`,
    `left=${left ?? UNKNOWN_LEFT_BYTES}`,
    "compact=1",
    ...(peersWanted === undefined ? [] : [`numwant=${peersWanted}`]),
    ...(key === "" ? [] : [`key=${percentEncode(key)}`]),
    ...(event === "update" ? [] : [`event=${event}`]),
    ...(freeSlots === undefined ? [] : [`free_slots=${freeSlots}`]),
    ...(encryption === undefined ? [] : ["supportcrypto=1"]),
    ...(encryption === "required" ? ["requirecrypto=1"] : []),
    ...(trackerId === undefined ? [] : [`trackerid=${percentEncode(trackerId)}`]),
  ];
  return withFields(tracker, fields);
}

/** Decodes the query of an announce, or returns the failure to send back. */
export function parseAnnounceQuery(query: string): HttpRequest | Failure {
  return orFailure("announce", () => {
    const { fields, infoHashes } = parseQuery(query);
    const [infoHash = "", ...more] = infoHashes;
    if (more.length > 0) throw malformedQuery("an announce must name one info_hash");
    return {
      type: "announce",
      announce: {
        infoHash: decodeInfoHash(infoHash),
        peerId: decodePeerId(fields.get("peer_id")),
        port: readPort(fields.get("port")),
        event: parseAnnounceEvent(fields.get("event")),
        uploaded: decodeCount(fields.get("uploaded")) ?? 0,
        downloaded: decodeCount(fields.get("downloaded")) ?? 0,
        left: decodeCount(fields.get("left")),
        key: readKey(fields.get("key")),
        peersWanted: decodeCount(fields.get("numwant")),
        freeSlots: decodeCount(fields.get("free_slots")),
      },
      peersForm: readPeersForm(fields),
    };
  });
}

/** Decodes the query of a scrape, or returns the failure to send back. */
export function parseScrapeQuery(query: string): HttpRequest | Failure {
  return orFailure("scrape", () => {
    const { infoHashes } = parseQuery(query);
    if (infoHashes.length === 0) throw malformedQuery("a scrape must name its torrents by info_hash");
    if (infoHashes.length > MAX_HTTP_SCRAPE_HASHES) {
      throw malformedQuery(`a scrape may name at most ${MAX_HTTP_SCRAPE_HASHES} torrents`);
    }
    return { type: "scrape", infoHashes: infoHashes.map(decodeInfoHash) };
  });
}

function withFields(url: string, fields: readonly string[]): string {
  return `${url}${url.includes("?") ? "&" : "?"}${fields.join("&")}`;
}

function encodeId(id: InfoHash | PeerId): string {
  return percentEncode(bytesToBinaryString(idBytes(id)));
}

function orFailure(action: Failure["action"], read: () => HttpRequest): HttpRequest | Failure {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { type: "failure", action, infoHash: undefined, reason: error.message };
  }
}

function readPort(encoded: string | undefined): number {
  const port = decodeCount(encoded) ?? 0;
  if (port < 1 || port > 65_535) throw malformedQuery("port must be a number from 1 to 65535");
  return port;
}

function readKey(encoded: string | undefined): string {
  const key = percentDecode(encoded ?? "");
  if (key.length > MAX_ANNOUNCE_KEY_BYTES)
    throw malformedQuery(`key must have at most ${MAX_ANNOUNCE_KEY_BYTES} bytes`);
  return key;
}

/** BEP 23 suggests compact if the client does not say. */
function readPeersForm(fields: ReadonlyMap<string, string>): PeersForm {
  if (fields.get("compact") !== "0") return "compact";
  return fields.get("no_peer_id") === "1" ? "listWithoutIds" : "list";
}
