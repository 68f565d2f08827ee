import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { readAnswer, readBody, retryAfterSeconds } from "#headless-peer/trackers/http-answer.ts";
import type { TrackerMessage } from "#shared/announce/announce.ts";
import { announceUrl, parseAnnounceQuery, parseScrapeQuery } from "#shared/announce/http.ts";
import { MAX_QUERY_CHARACTERS } from "#shared/announce/http-query.ts";
import { encodeAddressReply, encodeFailure, parseAddressReply } from "#shared/announce/http-reply.ts";
import {
  encodeNearby,
  MAX_NEARBY_REQUEST_BYTES,
  type NearbyMessage,
  type NearbyRequest,
  type PersonId,
  parseNearbyMessage,
  parseNearbyRequest,
  parseRoomCode,
  type RoomCode,
} from "#shared/announce/nearby.ts";
import {
  parseApiAccount,
  parseApiAccountEntry,
  parseApiError,
  parseApiKey,
  parseApiPage,
  parseApiPeer,
  parseApiPublished,
  parseApiSettings,
  parseApiStatus,
  parseApiTorrent,
  parseApiTorrentDetails,
  parseNewApiKey,
} from "#shared/announce/parse-tracker-api.ts";
import { parseTrackerConfig } from "#shared/announce/tracker-config.ts";
import {
  encodeUdpReply,
  encodeUdpRequest,
  parseUdpReply,
  parseUdpRequest,
  readUdpHeader,
  type UdpReply,
  type UdpRequest,
} from "#shared/announce/udp.ts";
import {
  encodeAnnounce,
  encodeAnswer,
  parseTrackerMessage,
  trackerFields,
} from "#shared/announce/websocket.ts";
import { binaryStringToBytes } from "#shared/base/bytes.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseIp } from "#shared/base/ip.ts";
import { parseTrackerKey } from "#shared/base/tracker-key.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";
import { parseAccountName } from "#signal-tracker/accounts/account-name.ts";
import { readNewEntry } from "#signal-tracker/catalog/new-entry.ts";
import { encodeNews, type NearbyNews, parseNews } from "#signal-tracker/nearby/news.ts";
import { codeRoom, networkRoom } from "#signal-tracker/nearby/room.ts";
import { parseTorrentCursor, torrentCursor } from "#signal-tracker/store/torrent-cursor.ts";
import { readSessionCookie, sessionCookie } from "#signal-tracker/transport/session-cookie.ts";
import { answerBinding } from "#signal-tracker/transport/stun.ts";
import { parseTrackerPath } from "#signal-tracker/transport/tracker-path.ts";
import { parseClientMessage } from "#signal-tracker/transport/wire/client-message.ts";
import { ofBuffer, ofJson, ofLatin1, ofText } from "./adapters.ts";
import * as seeds from "./seeds.ts";
import type { Target } from "./target.ts";

const { ANNOUNCE, BINARY_ID, INFO_HASH, MOMENT, OFFER_ID, OFFER_SDP, PEER_ID, REPLY, TORRENTS } = seeds;

const TRACKER = "http://tracker.example/announce" as TrackerUrl;
const json = JSON.stringify;
const queryOf = (url: string): string => url.slice(url.indexOf("?") + 1);
const bytesOfReply = (text: string): Uint8Array => binaryStringToBytes(text) ?? new Uint8Array();

const ADDRESS_REPLIES = [
  bytesOfReply(encodeAddressReply(REPLY)),
  bytesOfReply(
    encodeAddressReply({
      ...REPLY,
      type: "compactReply",
      peers: { ipv4: seeds.PEERS[0] ?? "", ipv6: seeds.PEERS[1] ?? "" },
    }),
  ),
  bytesOfReply(
    encodeFailure({ type: "failure", action: "announce", infoHash: undefined, reason: "no", retryIn: 60 }),
  ),
];
const REPLY_WORDS = [
  "8:interval",
  "12:min interval",
  "5:peers",
  "6:peers6",
  "2:ip",
  "4:port",
  "7:peer id",
].concat(["14:failure reason", "8:retry in", "15:warning message", "10:tracker id", "5:never"]);
const QUERY_WORDS = [
  "info_hash=",
  "&",
  "peer_id=",
  "port=",
  "event=",
  "compact=",
  "numwant=",
  "key=",
  "left=",
  "%",
].concat(["%00", "%ff", "+", "ip=", "no_peer_id=1", "started", "paused", "%0"]);

const API_TORRENT = {
  ...{ infoHash: INFO_HASH, name: "a", description: "b", bytes: 1, fileCount: 1, seeders: 1, leechers: 0 },
  ...{
    publishedAt: MOMENT,
    publishedBy: "ann",
    lastSeededAt: MOMENT,
    goesAt: MOMENT,
    ownerKey: "k",
    canUnpublish: true,
  },
  ...{ pieceBytes: 16_384, pieceCount: 1, files: [{ path: "a", bytes: 1 }] },
};
const API_ACCOUNT = { name: "ann", isAdmin: true, peerId: PEER_ID, createdAt: MOMENT, bannedAt: MOMENT };
const API_KEY = {
  ...{
    id: "abc",
    name: "laptop",
    createdAt: MOMENT,
    lastUsedAt: MOMENT,
    expiresAt: MOMENT,
    key: "k".repeat(32),
  },
  announceUrls: [TRACKER],
};
const API_PEER = {
  peerId: PEER_ID,
  address: "192.0.2.1:6881",
  transport: "tcp",
  isSeeder: true,
  idleSeconds: 3,
  free: true,
};
const API_STATUS = {
  ...{ uptimeSeconds: 1, announcesPerMinute: 2, swarmCount: 3, peerCount: 4 },
  swarms: [{ infoHash: INFO_HASH, name: "a", seeders: 1, leechers: 2 }],
  nodes: [{ url: "http://a/", startedAt: MOMENT, sockets: 5 }],
};
const CONFIG = {
  ...{
    pageUrl: "http://tracker.example/",
    trackers: ["ws://tracker.example/"],
    catalog: true,
    nearby: true,
    trust: true,
  },
  iceServers: [{ urls: ["stun:a:3478", "turn:b?transport=tcp"], username: "u", credential: "c" }],
  ...{ iceLifetimeSeconds: 600, accounts: { isRegistrationOpen: true } },
};

const offer = { offerId: OFFER_ID, sdp: OFFER_SDP };
const CLIENT_MESSAGES = [
  encodeAnnounce({ ...ANNOUNCE, freeSlots: 3, offers: [offer, offer] }),
  encodeAnswer({
    infoHash: INFO_HASH,
    peerId: PEER_ID,
    toPeerId: PEER_ID,
    offerId: OFFER_ID,
    sdp: OFFER_SDP,
  }),
  json({ action: "scrape", info_hash: [BINARY_ID, BINARY_ID] }),
];
const TRACKER_MESSAGES = [
  json({
    action: "announce",
    info_hash: BINARY_ID,
    interval: 120,
    complete: 1,
    incomplete: 2,
    "warning message": "w",
  }),
  json({
    action: "announce",
    info_hash: BINARY_ID,
    peer_id: BINARY_ID,
    offer_id: BINARY_ID,
    offer: { type: "offer", sdp: "v=0" },
  }),
  json({ action: "scrape", files: { [BINARY_ID]: { complete: 1, incomplete: 2, downloaded: 3 } } }),
  json({ action: "announce", "failure reason": "no", "failure code": "loginNeeded", "retry in": "never" }),
];
const MESSAGE_WORDS = [
  "action",
  "announce",
  "scrape",
  "info_hash",
  "peer_id",
  "offers",
  "offer_id",
  "answer",
  "sdp",
].concat(['"', "\\u0000", "\\", "{", "}", "[", "]", ",", "\\ud800", BINARY_ID]);

const PERSON = "0123456789abcdef" as PersonId;
const CODE = "ABCD1234" as RoomCode;
const DEVICE = { name: "Lan’s phone", kind: { program: "Chrome", system: "Android" } } as const;
const SHARE = { infoHash: INFO_HASH, name: "photo.jpg", bytes: 1_000, fileCount: 1 };
const NEARBY_REQUESTS: readonly NearbyRequest[] = [
  { type: "join", room: "network", ...DEVICE },
  { type: "join", room: CODE, ...DEVICE },
  { type: "rename", name: "x" },
  { type: "offer", to: PERSON, share: SHARE },
  { type: "answer", to: PERSON, infoHash: INFO_HASH, isAccepted: true },
];
const NEARBY_MESSAGES: readonly NearbyMessage[] = [
  { type: "joined", you: PERSON, code: CODE, secondsLeft: 3_600 },
  { type: "people", people: [{ id: PERSON, ...DEVICE }] },
  { type: "offer", from: PERSON, share: SHARE },
  { type: "answer", from: PERSON, infoHash: INFO_HASH, isAccepted: false },
  { type: "undelivered", to: PERSON, infoHash: INFO_HASH, why: "busy" },
  { type: "refused", why: "wrongCode" },
];
const NEWS: readonly NearbyNews[] = [
  {
    type: "people",
    room: codeRoom(CODE),
    code: CODE,
    people: [{ id: PERSON, ...DEVICE }],
    asks: true,
    secondsLeft: 60,
  },
  { type: "seek", room: networkRoom("lan") },
  {
    type: "carried",
    room: networkRoom("lan"),
    to: PERSON,
    message: { type: "offer", from: PERSON, share: SHARE },
  },
];

const UDP_REQUESTS: readonly UdpRequest[] = [
  { type: "connect", transactionId: 1 },
  { type: "announce", transactionId: 2, connectionId: 3n, announce: ANNOUNCE, urlData: "/announce?key=1" },
  { type: "scrape", transactionId: 4, connectionId: 5n, infoHashes: [INFO_HASH, INFO_HASH] },
];
const UDP_REPLIES: readonly UdpReply[] = [
  { type: "connectReply", transactionId: 1, connectionId: 2n },
  {
    type: "announceReply",
    transactionId: 1,
    intervalSeconds: 600,
    seeders: 1,
    leechers: 2,
    peers: seeds.PEERS.slice(0, 1),
  },
  { type: "scrapeReply", transactionId: 1, swarms: [{ seeders: 1, leechers: 2, downloaded: 3 }] },
  { type: "failure", transactionId: 1, reason: "no" },
];
const STUN = Uint8Array.from([
  0,
  1,
  0,
  12,
  0x21,
  0x12,
  0xa4,
  0x42,
  ...Array(12).fill(7),
  0x80,
  0x22,
  0,
  5,
  104,
  101,
  108,
  108,
  111,
  0,
  0,
  0,
]);

const asResponse = (body: Uint8Array, encoding: string): IncomingMessage =>
  Object.assign(Readable.from([body]), {
    headers: { "content-encoding": encoding },
  }) as unknown as IncomingMessage;

/** Offers and answers are put together where they are relayed, and parts of a minute are rounded up. */
const writtenReply = (message: TrackerMessage): string | undefined =>
  "sdp" in message || ("retryIn" in message && Number(message.retryIn) % 60 > 0)
    ? undefined
    : json(trackerFields(message));

/** A parser of one answer of the tracker's API. */
const api = (name: string, parse: (value: unknown) => unknown, ...values: readonly object[]): Target => ({
  name: `api-${name}`,
  parse: ofJson(parse),
  grammar: "json",
  seeds: values.map((value) => json(value)),
});

/** What passes between trackers and their clients. */
export const TRACKER_TARGETS: readonly Target[] = [
  {
    name: "client-message",
    parse: ofBuffer(parseClientMessage),
    grammar: "json",
    seeds: CLIENT_MESSAGES,
    words: MESSAGE_WORDS,
    maxBytes: 65_536,
  },
  {
    name: "tracker-message",
    parse: ofText(parseTrackerMessage),
    grammar: "json",
    seeds: TRACKER_MESSAGES,
    words: MESSAGE_WORDS,
    write: writtenReply,
  },
  {
    name: "nearby-request",
    parse: ofText(parseNearbyRequest),
    grammar: "json",
    seeds: NEARBY_REQUESTS.map(encodeNearby),
    maxBytes: MAX_NEARBY_REQUEST_BYTES,
    write: encodeNearby,
  },
  {
    name: "nearby-message",
    parse: ofText(parseNearbyMessage),
    grammar: "json",
    seeds: NEARBY_MESSAGES.map(encodeNearby),
    write: encodeNearby,
  },
  { name: "nearby-news", parse: ofText(parseNews), grammar: "json", seeds: NEWS.map(encodeNews) },
  { name: "room-code", parse: ofText(parseRoomCode), grammar: "text", seeds: [CODE, "abcd-123o"] },
  {
    name: "announce-query",
    parse: ofLatin1(parseAnnounceQuery),
    grammar: "text",
    seeds: [queryOf(announceUrl(TRACKER, { ...ANNOUNCE, freeSlots: 1 }, "id"))],
    words: QUERY_WORDS,
    maxBytes: MAX_QUERY_CHARACTERS + 10,
    write: (read: ReturnType<typeof parseAnnounceQuery>) =>
      read.type === "announce" && read.peersForm === "compact" && read.announce.left !== undefined
        ? queryOf(announceUrl(TRACKER, read.announce, undefined))
        : undefined,
  },
  {
    name: "scrape-query",
    parse: ofLatin1(parseScrapeQuery),
    grammar: "text",
    seeds: [`info_hash=${"%01".repeat(20)}&info_hash=${"a".repeat(20)}`],
    words: QUERY_WORDS,
    maxBytes: MAX_QUERY_CHARACTERS + 10,
  },
  {
    name: "address-reply",
    parse: (input) => parseAddressReply(input),
    grammar: "bencode",
    seeds: ADDRESS_REPLIES,
    words: REPLY_WORDS,
  },
  {
    name: "http-answer",
    parse: (body) => readAnswer({ status: 503, headers: { "retry-after": "60" }, body }, () => {}),
    grammar: "bencode",
    seeds: ADDRESS_REPLIES,
    words: REPLY_WORDS,
  },
  {
    name: "http-body",
    parse: (body) => readBody(asResponse(body, "deflate")),
    grammar: "bytes",
    seeds: ADDRESS_REPLIES.map((reply) => gzipSync(reply)),
    // Deflate makes 1,032 bytes of one, and `MAX_BODY_BYTES` of a whole answer.
    outputPerByte: 1_100,
    growthPerByte: 4_096,
  },
  {
    name: "retry-after",
    parse: ofLatin1(retryAfterSeconds),
    grammar: "text",
    seeds: ["120", "Wed, 21 Oct 2045 07:28:00 GMT"],
  },
  {
    name: "udp-request",
    parse: parseUdpRequest,
    grammar: "bytes",
    seeds: UDP_REQUESTS.map(encodeUdpRequest),
    maxBytes: 2_048,
    // An unknown `left` is written as some number.
    write: (request: UdpRequest) =>
      request.type === "announce" && request.announce.left === undefined
        ? undefined
        : encodeUdpRequest(request),
  },
  {
    name: "udp-header",
    parse: readUdpHeader,
    grammar: "bytes",
    seeds: UDP_REQUESTS.map(encodeUdpRequest),
    maxBytes: 2_048,
  },
  {
    name: "udp-reply",
    parse: (input) => parseUdpReply(input, 4),
    grammar: "bytes",
    seeds: UDP_REPLIES.map(encodeUdpReply),
    // A peer of six bytes becomes a string.
    growthPerByte: 1_024,
    write: (reply: UdpReply) => (reply.type === "failure" ? undefined : encodeUdpReply(reply)),
  },
  {
    name: "stun",
    parse: ofBuffer((packet) => answerBinding(packet, "192.0.2.1", 6_881)),
    grammar: "bytes",
    seeds: [STUN],
    maxBytes: 2_048,
  },
  {
    name: "tracker-config",
    parse: ofJson(parseTrackerConfig),
    grammar: "json",
    seeds: [json(CONFIG)],
    words: ["stun:", "turns:"],
  },
  api("torrent", parseApiTorrent, API_TORRENT),
  api("details", parseApiTorrentDetails, API_TORRENT),
  api("published", parseApiPublished, API_TORRENT),
  api("peers", (value) => parseApiPage(value, parseApiPeer), {
    items: [API_PEER, API_PEER],
    nextCursor: "c",
  }),
  api("account", parseApiAccount, API_ACCOUNT),
  api("accounts", (value) => parseApiPage(value, parseApiAccountEntry), { items: [API_ACCOUNT] }),
  api("keys", (value) => parseApiPage(value, parseApiKey), { items: [API_KEY] }),
  api("new-key", parseNewApiKey, API_KEY),
  api("settings", parseApiSettings, { isRegistrationOpen: true }),
  api("status", parseApiStatus, API_STATUS),
  api("error", parseApiError, { error: { code: "unknown", message: "no" } }),
  {
    name: "tracker-url",
    parse: ofText(parseTrackerUrl),
    grammar: "text",
    seeds: [TRACKER, "wss://[2001:db8::1]:8000/announce/key?a=b", "udp://tracker.example:6969"],
    words: ["://", "@", ":", "xn--", "%00", "/", "?", "#", "\\", "udp", "\t", "[", "..", "\u3002"],
    write: (url: string | undefined) => url,
  },
  { name: "tracker-key", parse: ofLatin1(parseTrackerKey), grammar: "text", seeds: ["k".repeat(32)] },
  {
    name: "tracker-path",
    parse: ofLatin1((path) => parseTrackerPath(path, true)),
    grammar: "text",
    seeds: ["/announce/abc/"],
  },
  {
    name: "ip",
    parse: ofText(parseIp),
    grammar: "text",
    seeds: ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"],
    words: ["::", ":", "ffff", "."],
  },
  {
    name: "session-cookie",
    parse: ofLatin1((cookie) => readSessionCookie({ headers: { cookie } }, true)),
    grammar: "text",
    seeds: [sessionCookie("abc", true), "a=b; __Host-tabswarm-session=%61"],
    words: ["; ", "=", "__Host-tabswarm-session=", "%", '"', "__proto__="],
  },
  {
    name: "account-name",
    parse: ofText(parseAccountName),
    grammar: "text",
    seeds: ["ann", "Jörg B.", "名前"],
    words: ["\u0301", "\u200d", "\ufdfa", "ß", " "],
  },
  {
    name: "catalog-entry",
    parse: (input) => readNewEntry(input, "a description"),
    grammar: "bencode",
    seeds: TORRENTS,
    words: ["4:info", "4:name", "5:files", "4:path", "6:length"],
    mayThrow: ["ProtocolError", "CatalogRefusal"],
  },
  {
    name: "catalog-cursor",
    parse: ofLatin1((cursor) => parseTorrentCursor("newest", cursor)),
    grammar: "text",
    seeds: [torrentCursor("newest", { key: 1, infoHash: INFO_HASH })],
    mayThrow: ["UnknownCursor"],
    write: (place: ReturnType<typeof parseTorrentCursor>) => place && torrentCursor("newest", place),
  },
];
