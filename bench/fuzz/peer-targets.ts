import { formatPeerAddress, parsePeerAddress } from "#headless-peer/peer-address.ts";
import { isDhtMessage, MAX_DHT_PACKET_BYTES } from "#shared/announce/dht.ts";
import { decodeLocalCall, encodeLocalCall, MAX_LOCAL_BYTES } from "#shared/announce/local.ts";
import {
  type BencodeValue,
  decodeBencode,
  decodeBencodeEntries,
  decodeBencodePrefix,
  decodeBencodeStrictly,
  encodeBencode,
} from "#shared/base/bencode.ts";
import { parseByteRange } from "#shared/base/byte-range.ts";

import type { Handle } from "#shared/base/ids.ts";
import { isOffer } from "#shared/driver/rtc.ts";
import { parseManifest } from "#shared/encrypted/manifest.ts";
import { RECORD_PLAIN_BYTES, recordsFor } from "#shared/encrypted/records.ts";
import { encodableFileList } from "#shared/meta/create.ts";
import { type Info, parseInfo } from "#shared/meta/info.ts";
import { findLinks } from "#shared/meta/links.ts";
import { formatMagnet, formatShareLink } from "#shared/meta/magnet.ts";
import { encodeMetainfo, type Metainfo, parseMetainfo } from "#shared/meta/metainfo.ts";
import { parseLink } from "#shared/meta/read-link.ts";
import { safePaths } from "#shared/meta/safe-path.ts";
import {
  decodeExtendedHandshake,
  decodeMetadataMessage,
  encodeExtendedHandshake,
  encodeMetadataMessage,
  type MetadataMessage,
} from "#shared/wire/extension.ts";
import { Framer } from "#shared/wire/framer.ts";
import { decodeHandshake, encodeHandshake } from "#shared/wire/handshake.ts";
import {
  decodeIntroduction,
  encodeIntroduction,
  type IntroductionMessage,
} from "#shared/wire/introduction.ts";
import { decodeMessage, encodeMessage, type Message } from "#shared/wire/message.ts";
import { decodePeerExchange, encodePeerExchange } from "#shared/wire/peer-exchange.ts";
import { admittedDescription } from "#shared/wire/session-description.ts";
import { refuseUtp } from "#shared/wire/utp.ts";
import { ofText } from "./adapters.ts";
import { answerEncrypted } from "./encrypted-handshake.ts";
import { INFO_BYTES, INFO_HASH, OFFER_ID, OFFER_SDP, PEER_ID, PEERS, TORRENTS } from "./seeds.ts";
import type { Target } from "./target.ts";

const BENCODE = ["i1e", "0:", "de", "le", "i-1e", "1:a"];
const BENCODE_SEEDS = ["i42e", "4:spam", "li1e1:ali2eee", "d1:ai1e2:aai2e1:bli3eee", "i-0e", ...TORRENTS];
const METAINFO = [
  "4:info",
  "4:name",
  "12:piece length",
  "6:pieces",
  "5:files",
  "4:path",
  "6:length",
  "4:attr",
]
  .concat(["7:private", "8:announce", "13:announce-list", "8:encoding", "8:codepage", "10:name.utf-8"])
  .concat(["10:path.utf-8", "12:meta version", "8:url-list", "9:httpseeds", "7:comment", "3:GBK", "5:cp932"]);
const LINKS = [
  "magnet:?",
  "xt=urn:btih:",
  "xt=urn:btmh:1220",
  "&dn=",
  "&tr=",
  "&so=",
  "&k=",
  "&x.pe=",
  "&ws=",
  "%00",
]
  .concat(["#", "?", "http://", "udp://", "wss://", "0-4", "&", "%", "=", "\u200b", "\u2028"])
  .concat([INFO_HASH, "abcdefghijklmnopqrstuvwxyz234567"]);
const MAGNET = `magnet:?xt=urn:btih:${INFO_HASH}&dn=A%20name&tr=udp%3A%2F%2Ftracker.example%3A6969&so=0,2-4&x.pe=192.0.2.1:6881&ws=http://seed.example/`;
const SHARE_LINK = `https://tracker.example/#${INFO_HASH}&tr=wss%3A%2F%2Ftracker.example%2F&dn=A%20name`;
const KEY_LINK = `#${INFO_HASH}&k=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8`;
const PEX = ["5:added", "7:added.f", "7:dropped", "6:added6", "8:added6.f", "8:dropped6"];
const [PEER4, PEER6] = PEERS.map((address) => Uint8Array.from(address, (byte) => byte.charCodeAt(0)));
const node = "n".repeat(20);

const frames = (messages: readonly Exclude<Message, { type: "unknown" }>[]) => messages.map(encodeMessage);
const range = { piece: 1, begin: 16_384, length: 16_384 };
const MESSAGES = frames([
  { type: "unchoke" },
  { type: "have", piece: 7 },
  { type: "bitfield", bits: Uint8Array.of(0xff, 0x80) },
  { type: "request", range },
  { type: "block", piece: 1, begin: 0, bytes: new Uint8Array(40) },
  { type: "port", port: 6_881 },
  { type: "extended", id: 1, payload: Uint8Array.of(1, 2) },
]);
const HANDSHAKE = encodeHandshake({ infoHash: INFO_HASH, peerId: PEER_ID, fast: true, extended: true });

const HANDLE = "0123456789abcdef" as Handle;
const INTRODUCTIONS = (
  [
    { type: "peers", you: HANDLE, free: 3, added: [{ handle: HANDLE, isSeed: true }], dropped: [HANDLE] },
    { type: "offer", offerId: OFFER_ID, way: "to", handle: HANDLE, sdp: OFFER_SDP },
    { type: "answer", offerId: OFFER_ID, sdp: OFFER_SDP },
    { type: "error", offerId: OFFER_ID, refusal: "busy" },
  ] as const
).map(encodeIntroduction);

/** A description that is no UTF-8 becomes longer than it may be. */
function writeIntroduction(message: IntroductionMessage): Uint8Array | undefined {
  if ("sdp" in message && message.sdp.includes("\ufffd")) return undefined;
  return encodeIntroduction(message);
}

/** Gives a link's bytes to the framer in two reads, as they may arrive. */
function framed(input: Uint8Array): readonly unknown[] {
  const framer = new Framer();
  const half = Math.floor(input.length / 2);
  const [handshake, ...bodies] = [input.subarray(0, half), input.subarray(half)].flatMap((part) =>
    framer.push(part),
  );
  return handshake === undefined ? [] : [decodeHandshake(handshake), ...bodies.map(decodeMessage)];
}

function metainfoParts({ info: _, warnings, ...parts }: Metainfo): Uint8Array | undefined {
  return warnings.length > 0 ? undefined : encodeMetainfo(parts);
}

/** What a person's and a swarm's bytes become: links, torrents, messages of peers. */
export const PEER_TARGETS: readonly Target[] = [
  {
    name: "bencode",
    parse: decodeBencode,
    grammar: "bencode",
    seeds: BENCODE_SEEDS,
    words: BENCODE,
    write: (value: BencodeValue) => encodeBencode(value),
  },
  {
    name: "bencode-prefix",
    parse: decodeBencodePrefix,
    grammar: "bencode",
    seeds: BENCODE_SEEDS,
    words: BENCODE,
  },
  {
    name: "bencode-strict",
    parse: decodeBencodeStrictly,
    grammar: "bencode",
    seeds: BENCODE_SEEDS,
    words: BENCODE,
    write: (value: BencodeValue) => encodeBencode(value),
  },
  {
    name: "bencode-entries",
    parse: decodeBencodeEntries,
    grammar: "bencode",
    seeds: TORRENTS,
    words: BENCODE,
  },
  {
    name: "metainfo",
    parse: parseMetainfo,
    grammar: "bencode",
    seeds: TORRENTS,
    words: METAINFO,
    write: metainfoParts,
  },
  {
    name: "info",
    parse: (input) => parseInfo(input, "GBK"),
    grammar: "bencode",
    seeds: [INFO_BYTES],
    words: METAINFO,
  },
  {
    name: "share-manifest",
    parse: (input) => parseManifest(inManifest(input)),
    grammar: "bencode",
    seeds: [encodeBencode(encodableFileList(parseInfo(INFO_BYTES))), "d6:lengthi1e4:name1:ae"],
    words: METAINFO,
  },
  {
    name: "share-manifest-records",
    parse: (input) =>
      parseManifest(concat(new Uint8Array(8), input, new Uint8Array(RECORD_PLAIN_BYTES - 8 - input.length))),
    grammar: "bytes",
    seeds: [new Uint8Array([0, 0, 0, 22, ...new TextEncoder().encode("d6:lengthi1e4:name1:ae")])],
    words: ["\0\0\0\x16", "\xff\xff\xff\xff"],
    // It is as long as a record, whatever the input.
    growthPerByte: 16_384,
  },
  {
    name: "paths",
    parse: (input) => safePaths(parseInfo(input) satisfies Info),
    grammar: "bencode",
    seeds: [INFO_BYTES],
    words: [...METAINFO, "2:..", "3:con", "7:COM1.tx", "4:a . ", "1:/"],
  },
  {
    name: "link",
    parse: ofText(parseLink),
    grammar: "text",
    seeds: [MAGNET, SHARE_LINK, KEY_LINK, INFO_HASH, `#magnet:?xt=urn:btih:${INFO_HASH}`],
    words: LINKS,
    // `so=0-249999` names that many files.
    outputPerByte: 300_000,
    growthPerByte: 4_000_000,
    write: (link: ReturnType<typeof parseLink>) =>
      link.page !== undefined ||
      link.peers.length + link.trackersLeftOut + link.webSeedsLeftOut.tooMany > 0 ||
      link.webSeedsLeftOut.invalid.length > 0
        ? undefined
        : rewritable(link),
  },
  {
    name: "links",
    parse: ofText(findLinks),
    grammar: "text",
    seeds: [`${MAGNET}\n${SHARE_LINK} ${INFO_HASH}`],
    words: LINKS,
    maxBytes: 70_000,
    outputPerByte: 300_000,
    growthPerByte: 4_000_000,
  },
  {
    name: "wire",
    parse: framed,
    grammar: "bytes",
    seeds: [HANDSHAKE, ...MESSAGES.map((message) => concat(HANDSHAKE, message, message))],
    // A frame of five bytes becomes an object.
    outputPerByte: 64,
    growthPerByte: 1_024,
  },
  {
    name: "handshake",
    parse: decodeHandshake,
    grammar: "bytes",
    seeds: [HANDSHAKE],
    write: encodeHandshake,
  },
  {
    name: "encrypted-handshake",
    parse: answerEncrypted,
    grammar: "bytes",
    seeds: [new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0])],
    mayThrow: ["ProtocolError"],
    isSlow: true,
  },
  {
    name: "message",
    parse: decodeMessage,
    grammar: "bytes",
    seeds: MESSAGES.map((message) => message.subarray(4)),
    write: (message: Message) =>
      message.type === "unknown" ? undefined : encodeMessage(message).subarray(4),
  },
  {
    name: "extended-handshake",
    parse: decodeExtendedHandshake,
    grammar: "bencode",
    seeds: [
      encodeExtendedHandshake({
        exchanges: true,
        port: 6_881,
        metadataBytes: 1_000,
        maxRequestsQueued: 250,
        client: "Tabswarm",
        deviceName: "Lan’s phone",
        device: { program: "Chrome", system: "Android" },
      }),
    ],
    words: ["1:m", "11:ut_metadata", "6:ut_pex", "13:metadata_size", "4:reqq", "1:v", "1:p"].concat([
      "7:tw_name",
      "7:tw_kind",
      "14:Chrome/Android",
    ]),
  },
  {
    name: "metadata-message",
    parse: decodeMetadataMessage,
    grammar: "bencode",
    seeds: [
      encodeMetadataMessage({ type: "request", piece: 0 }),
      encodeMetadataMessage({ type: "data", piece: 1, totalBytes: 20_000, bytes: new Uint8Array(9) }),
    ],
    words: ["8:msg_type", "5:piece", "10:total_size"],
    write: (message: MetadataMessage | undefined) => message && encodeMetadataMessage(message),
  },
  {
    name: "introduction",
    parse: decodeIntroduction,
    grammar: "bencode",
    seeds: INTRODUCTIONS,
    words: [
      "2:id",
      "2:to",
      "4:from",
      "3:sdp",
      "3:you",
      "4:free",
      "5:added",
      "7:added.f",
      "7:dropped",
      "8:msg_type",
    ],
    write: (message: IntroductionMessage | undefined) => message && writeIntroduction(message),
  },
  {
    name: "session-description",
    parse: ofText(admittedDescription),
    grammar: "text",
    seeds: [OFFER_SDP],
    words: [
      "a=candidate:",
      "m=application ",
      "a=ice-ufrag:",
      "a=ice-pwd:",
      "a=fingerprint:",
      " udp ",
      "\r\n",
      ".local",
    ],
    write: (sdp: string | undefined) => sdp,
  },
  {
    name: "peer-exchange",
    parse: decodePeerExchange,
    grammar: "bencode",
    seeds: [
      encodeBencode(
        new Map([
          ["added", PEER4 ?? ""],
          ["added.f", Uint8Array.of(0x12)],
          ["dropped6", PEER6 ?? ""],
        ]),
      ),
    ],
    words: PEX,
    // A peer of six bytes becomes an object.
    growthPerByte: 2_048,
    write: encodePeerExchange,
  },
  {
    name: "utp",
    parse: refuseUtp,
    grammar: "bytes",
    seeds: [concat(Uint8Array.of(0x41), new Uint8Array(19))],
  },
  {
    name: "local-discovery",
    parse: decodeLocalCall,
    grammar: "text",
    seeds: encodeLocalCall({ port: 6_881, cookie: "abc", infoHashes: [INFO_HASH] }, "ipv4"),
    words: ["BT-SEARCH * HTTP/1.1\r\n", "Infohash: ", "Port: ", "cookie: ", "Host: ", "\r\n", "\r\n\r\n"],
    maxBytes: MAX_LOCAL_BYTES + 10,
    write: (call: ReturnType<typeof decodeLocalCall>) => call && encodeLocalCall(call, "ipv6")[0],
  },
  {
    name: "dht",
    parse: isDhtMessage,
    grammar: "bencode",
    seeds: [
      `d1:ad2:id20:${node}6:target20:${node}e1:q9:find_node1:t2:aa1:y1:qe`,
      `d1:ad2:id20:${node}12:implied_porti1e9:info_hash20:${node}4:porti6881e5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe`,
      `d1:rd2:id20:${node}5:nodes26:${"n".repeat(26)}5:token2:aa6:valuesl6:axje.ueee1:t2:aa1:y1:re`,
      "d1:eli201e5:errore1:t2:aa1:y1:ee",
    ],
    words: ["1:q", "1:r", "1:e", "1:a", "2:id", "4:ping", "9:get_peers", "5:token", "6:values", "5:nodes"],
    maxBytes: MAX_DHT_PACKET_BYTES + 10,
  },
  {
    name: "peer-address",
    parse: ofText(parsePeerAddress),
    grammar: "text",
    seeds: ["192.0.2.1:6881", "[2001:db8::1]:6881", "[::ffff:192.0.2.1]:1"],
    words: [":", "[", "]", "::", "ffff", "%eth0", "."],
    write: (address: ReturnType<typeof parsePeerAddress>) => address && formatPeerAddress(address),
  },
  {
    name: "byte-range",
    parse: ofText((header) => parseByteRange(header, 1_000)),
    grammar: "text",
    seeds: ["bytes=0-", "bytes=10-19", "bytes=-5"],
    words: ["bytes=", "-", ",", "items="],
  },
  {
    name: "offer",
    parse: ofText(isOffer),
    grammar: "text",
    seeds: [OFFER_SDP],
    words: ["m=application", "a=fingerprint:", "a=ice-ufrag:", "\r\n"],
  },
];

/** A link that names only what one kind of link can: read again, it says the same. */
function rewritable(link: ReturnType<typeof parseLink>): string | undefined {
  if (link.selectedFiles === undefined) return formatShareLink("", link, link.key);
  return link.key === undefined ? formatMagnet(link) : undefined;
}

/** A list of files, as the records of an encrypted share hold it. */
function inManifest(list: Uint8Array): Uint8Array {
  const contents = new Uint8Array(recordsFor(12 + list.length) * RECORD_PLAIN_BYTES);
  new DataView(contents.buffer).setUint32(8, list.length);
  contents.set(list, 12);
  return contents;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
