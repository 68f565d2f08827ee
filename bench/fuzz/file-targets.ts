import { createHash } from "node:crypto";
import { decodeResume, encodeCheckpoint, encodeJournal } from "#headless-peer/files/resume.ts";
import type { PeerAddress } from "#shared/announce/compact.ts";
import { concatBytes } from "#shared/base/bytes.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { addressMemberKey } from "#signal-tracker/core/address-key.ts";
import type { AccountId, KeyId } from "#signal-tracker/core/record-store.ts";
import type { SdpJson } from "#signal-tracker/core/sdp-json.ts";
import type { MemberKey, SwarmMember } from "#signal-tracker/core/swarm-store.ts";
import { readSwarms } from "#signal-tracker/store/memory/swarm-file.ts";
import {
  downloadsLine,
  endLine,
  memberLine,
  readSwarmLine,
  startLine,
} from "#signal-tracker/store/memory/swarm-lines.ts";
import { MemorySwarmStore } from "#signal-tracker/store/memory/swarm-store.ts";
import { encodeBatch, parseBatch, remoteKey } from "#signal-tracker/store/redis/inbox-message.ts";
import { isJsonString } from "#signal-tracker/store/redis/json-string.ts";
import { type newNodeId, parseNodeId, readNodeInfo } from "#signal-tracker/store/redis/node-list.ts";
import { parseRecordJson } from "#signal-tracker/store/redis/record-json.ts";
import { parseTorrentJson } from "#signal-tracker/store/redis/torrent-json.ts";
import { readRecord } from "#web/engine/database.ts";
import { readSettingsFile } from "../../cli/flags/settings-file.ts";
import { TRACKER_SETTINGS } from "../../cli/flags/tracker-settings.ts";
import { parseStartConfig } from "../../cli/sources/start-config.ts";
import { ofBuffer, ofFile, ofJson, ofLatin1, ofText } from "./adapters.ts";
import { searchedCatalog } from "./catalog-search.ts";
import {
  INFO_BYTES,
  INFO_HASH,
  NOW,
  OFFER_ID,
  OFFER_SDP,
  PEER_ID,
  PEERS,
  RESUME_SHAPE,
  resumeCheckpoint,
} from "./seeds.ts";
import type { Target } from "./target.ts";

const json = JSON.stringify;
const NODE = "0123456789abcdef" as ReturnType<typeof newNodeId>;
const SDP = new TextEncoder().encode(json(OFFER_SDP)) as SdpJson;
const RELAYED = { infoHash: INFO_HASH, peerId: PEER_ID, offerId: OFFER_ID, sdp: SDP };
const BATCH = encodeBatch(NODE, [
  { type: "offer", ...RELAYED, offerer: remoteKey(NODE, "7" as MemberKey), to: "8" as MemberKey },
  { type: "answer", ...RELAYED, answerer: remoteKey(NODE, "7" as MemberKey), toPeerId: PEER_ID },
  { type: "shared", infoHash: INFO_HASH },
  { type: "changed", infoHash: INFO_HASH, version: 3 },
  { type: "ended", ending: { type: "account", account: "ab" as AccountId } },
  { type: "echo" },
]);

const MEMBER: SwarmMember = {
  ...{ type: "address", infoHash: INFO_HASH, peerId: PEER_ID, seeding: true, hasFreeSlot: true },
  key: addressMemberKey(PEERS[0] as PeerAddress, "abcd"),
  address: PEERS[0] as PeerAddress,
  network: "\xc0\x00\x02\x01",
  holder: { account: "ab" as AccountId, key: "cd" as KeyId },
  expiresAt: NOW,
};
const MEMBER_LINE = memberLine(MEMBER, (at) => at + 60_000);
const SWARMS = [startLine(), downloadsLine(INFO_HASH, 7), MEMBER_LINE, endLine()].join("");

const CHECKPOINT = encodeCheckpoint(resumeCheckpoint());
const JOURNAL = encodeJournal({
  pieces: [4 as PieceIndex],
  stamps: [[0, { bytes: 7, mtimeNanos: 8n }]],
});

const ACCOUNT = {
  id: "ab",
  name: "Ann",
  foldedName: "ann",
  passwordHash: "h",
  createdAt: 1,
  bannedAt: 2,
  isAdmin: true,
};
const TORRENT = {
  ...{
    infoHash: INFO_HASH,
    name: "a",
    description: "b",
    foldedName: "a",
    searchText: "a b",
    encoding: "GBK",
  },
  ...{ bytes: 1, fileCount: 1, infoBytes: 2, publishedAt: 3, owner: "ab", network: "n", ownerKeyHash: "h" },
};
const NODE_INFO = { url: "http://tracker.example/", startedAt: 1, sockets: 2 };
const START_CONFIG = {
  peers: [
    {
      ...{ id: "a", trackers: ["http://tracker.example"], port: 6_881, rateUp: "2M", rtc: false },
      seed: [{ path: "a", publish: true, description: "b" }],
      download: [{ torrent: INFO_HASH, out: "here", select: ["*.txt"] }],
    },
  ],
};
const RECORD = {
  infoHash: INFO_HASH,
  bytes: { type: "stored", storageId: "a" },
  displayName: "a",
  trackers: ["ws://a/"],
};

/** Reads a file of swarms into a store, as after a restart. What it holds then must be readable from its own file. */
async function swarmsIn(_path: string, folder: string): Promise<unknown> {
  const store = new MemorySwarmStore();
  const warnings: string[] = [];
  await readSwarms({
    ...{ store, folder, isAllowed: undefined, now: () => NOW, unixNow: () => NOW },
    warn: (sentence) => warnings.push(sentence),
  });
  // Not the members themselves: each is linked with the rest.
  const members = Array.from(store.addressMembers(), (member) => memberLine(member, (at) => at));
  return { members, downloads: [...store.downloads()], warned: warnings.length };
}

/** What is read from files, databases and other nodes. */
export const FILE_TARGETS: readonly Target[] = [
  {
    name: "resume",
    parse: (input) => decodeResume(input, RESUME_SHAPE),
    grammar: "bytes",
    seeds: [CHECKPOINT, concatBytes([CHECKPOINT, JOURNAL])],
  },
  {
    name: "resume-checkpoint",
    parse: (input) => decodeResume(concatBytes([sha1(input), input]), RESUME_SHAPE),
    grammar: "bencode",
    seeds: [CHECKPOINT.subarray(20), concatBytes([CHECKPOINT, JOURNAL]).subarray(20)],
    words: ["5:files", "9:info hash", "5:parts", "6:pieces", "7:version"],
  },
  {
    name: "swarm-line",
    parse: ofLatin1(readSwarmLine),
    grammar: "text",
    seeds: SWARMS.split("\n"),
    words: [" ", "-", "seeder", "member"],
  },
  {
    name: "swarm-file",
    parse: ofFile("swarms", swarmsIn),
    grammar: "text",
    seeds: [SWARMS],
    words: ["\n", " ", MEMBER_LINE],
    isSlow: true,
  },
  {
    name: "cluster-inbox",
    parse: ofBuffer(parseBatch),
    grammar: "text",
    seeds: [BATCH],
    words: ["\n", " ", "offer", "answer", "ended", "session", "key", "echo", "\n7\n", "9999999"],
    maxBytes: 65_536,
    write: (batch: ReturnType<typeof parseBatch>) =>
      batch?.unreadable === 0 ? encodeBatch(batch.from, batch.messages) : undefined,
  },
  {
    name: "sdp-json",
    parse: isJsonString,
    grammar: "bytes",
    seeds: [SDP, '"\\u00e9\\n"'],
    words: ["\\", '"', "\\u", "\\ud83d"],
  },
  { name: "node-info", parse: ofText(readNodeInfo), grammar: "json", seeds: [json(NODE_INFO)] },
  { name: "node-id", parse: ofText(parseNodeId), grammar: "text", seeds: [NODE] },
  {
    name: "account-record",
    parse: ofText((text) => parseRecordJson("accounts", "ab", text)),
    grammar: "json",
    seeds: [json(ACCOUNT)],
  },
  {
    name: "torrent-record",
    parse: ofText((text) => parseTorrentJson(INFO_HASH, text, "3", "4")),
    grammar: "json",
    seeds: [json(TORRENT)],
  },
  {
    name: "page-record",
    parse: ofJson((value) => readRecord(withInfoBytes(value))),
    grammar: "json",
    seeds: [json(RECORD)],
  },
  {
    name: "catalog-search",
    parse: ofText(searchedCatalog),
    grammar: "text",
    seeds: ["viet nam", '"quoted"', "100 % OR NOT near(", "中文"],
    words: ['"', "*", " OR ", " NOT ", " NEAR(", "^", ":", "(", ")", "-", "%", "_", "\0", "aaa"],
    isSlow: true,
  },
  {
    name: "start-config",
    parse: ofText((text) => parseStartConfig(text, "/", { json: false })),
    grammar: "json",
    seeds: [json(START_CONFIG)],
    words: ["peers", "seed", "download", "trackers", "port", "rateUp"],
    mayThrow: ["UsageError"],
    isSlow: true,
  },
  {
    name: "settings-file",
    parse: ofFile("settings.json", (path) => readSettingsFile(path, TRACKER_SETTINGS)),
    grammar: "json",
    seeds: [json({ port: 8_000, publicUrl: "http://a/", iceServer: ["stun:a"], accounts: true })],
    mayThrow: ["UsageError"],
    isSlow: true,
  },
];

const sha1 = (bytes: Uint8Array): Uint8Array => createHash("sha1").update(bytes).digest();

/** JSON holds no bytes, as IndexedDB does. */
function withInfoBytes(value: unknown): unknown {
  return typeof value === "object" && value !== null && "infoBytes" in value
    ? { ...value, infoBytes: INFO_BYTES }
    : value;
}
