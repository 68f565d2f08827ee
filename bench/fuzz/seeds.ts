import type { ResumeShape } from "#headless-peer/files/resume.ts";
import type { AddressAnnounce, AddressReply } from "#shared/announce/announce.ts";
import { type PeerAddress, peerAddress } from "#shared/announce/compact.ts";
import { type Encodable, encodeBencode } from "#shared/base/bencode.ts";
import { Bitfield } from "#shared/base/bitfield.ts";
import type { InfoHash, Millis, OfferId, PeerId, PieceIndex, TrackerUrl } from "#shared/base/ids.ts";
import { ipFromBytes } from "#shared/base/ip.ts";
import { Layout } from "#shared/meta/layout.ts";
import { encodeMetainfo } from "#shared/meta/metainfo.ts";

// What the seeds of several targets are made of.

export const INFO_HASH = "0123456789abcdef0123456789abcdef01234567" as InfoHash;
export const PEER_ID = "2d5453303130302d616161616161616161616161" as PeerId;
export const OFFER_ID = "ffffffffffffffffffffffffffffffffffffffff" as OfferId;
export const MOMENT = "2026-01-31T12:00:00.000Z";

/** An id as it stands in JSON. */
export const BINARY_ID = "\u0001#Eg\u0089\u00ab\u00cd\u00ef\u0001#Eg\u0089\u00ab\u00cd\u00ef\u0001#Eg";

/** An offer as Chromium makes it. */
export const OFFER_SDP = [
  "v=0",
  "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
  "s=-",
  "t=0 0",
  "a=group:BUNDLE 0",
  "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
  "c=IN IP4 0.0.0.0",
  "a=candidate:1 1 udp 2113937151 192.168.1.2 50000 typ host",
  "a=ice-ufrag:abcd",
  "a=ice-pwd:abcdefghijklmnopqrstuvwx",
  `a=fingerprint:sha-256 ${"AB:".repeat(31)}AB`,
  "a=setup:actpass",
  "a=mid:0",
  "a=sctp-port:5000",
  "",
].join("\r\n");

export const PEERS: readonly PeerAddress[] = [
  "\xc0\x00\x02\x01",
  `\x20\x01\x0d\xb8${"\0".repeat(11)}\x01`,
].flatMap((bytes) => {
  const ip = ipFromBytes(bytes);
  return ip === undefined ? [] : [peerAddress(ip, 6_881)];
});

type Fields = Record<string, Encodable>;

const dict = (fields: Fields): ReadonlyMap<string, Encodable> => new Map(Object.entries(fields));
const pieces = new Uint8Array(40).fill(7);
const ONE_FILE: Fields = { name: "a.txt", "piece length": 16_384, pieces, length: 20_000 };

export const INFO_BYTES = encodeBencode(
  dict({
    ...{ name: "Ảnh", "piece length": 16_384, pieces },
    files: [
      dict({ length: 20_000, path: ["b", "1.jpg"] }),
      dict({ length: 0, path: ["empty"] }),
      dict({ length: 5, path: ["😀"], attr: "x" }),
    ],
  }),
);

export const TORRENTS = [
  encodeMetainfo({ infoBytes: encodeBencode(dict(ONE_FILE)), trackerTiers: [] }),
  encodeMetainfo({
    infoBytes: INFO_BYTES,
    encoding: "GBK",
    comment: "a comment",
    createdBy: "Tabswarm",
    trackerTiers: [["udp://tracker.example:6969/announce" as TrackerUrl], ["wss://b.example/" as TrackerUrl]],
  }),
  encodeBencode(
    dict({
      info: dict({ ...ONE_FILE, private: 1, attr: "x", "name.utf-8": "b", "meta version": 2 }),
      "url-list": "http://seed.example/",
    }),
  ),
];

export const ANNOUNCE: AddressAnnounce = {
  infoHash: INFO_HASH,
  peerId: PEER_ID,
  port: 6_881,
  event: "started",
  uploaded: 1,
  downloaded: 2,
  left: 3,
  key: "abcd",
  peersWanted: 50,
};

export const REPLY: AddressReply = {
  type: "addressReply",
  intervalSeconds: 600,
  minIntervalSeconds: 60,
  seeders: 1,
  leechers: 2,
  trackerId: "id",
  warning: "soon down",
  peers: PEERS.map((address) => ({ address, peerId: PEER_ID })),
};

export const RESUME_SHAPE: ResumeShape = { infoHash: INFO_HASH, layout: new Layout(100, 10), fileCount: 2 };

export function resumeCheckpoint() {
  const pieces = new Bitfield(10);
  pieces.set(0);
  pieces.set(9);
  const stamp = { bytes: 258, mtimeNanos: 1_700_000_000_123_456_789n };
  return { infoHash: INFO_HASH, pieces, stamps: [stamp, undefined, stamp], slots: [9, 3] as PieceIndex[] };
}

export const NOW = 1_000_000 as Millis;
