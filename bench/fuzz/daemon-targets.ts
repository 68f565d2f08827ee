import { parseAllLimits, parseControls } from "#web/engine/daemon/limits.ts";
import { parseHere } from "#web/engine/daemon/looks.ts";
import { parseFact } from "#web/engine/daemon/parse-fact.ts";
import { parseView } from "#web/engine/daemon/parse-view.ts";
import { ofJson } from "./adapters.ts";
import * as seeds from "./seeds.ts";
import type { Target } from "./target.ts";

const json = JSON.stringify;
const HASH = "0123456789abcdef".repeat(3).slice(0, 40);
const PEER = {
  link: 1,
  kind: "tcp",
  client: "qBittorrent 5.0",
  device: { program: "Chrome", system: "Linux" },
  progress: 0.5,
};
const TRACKER = {
  url: "http://tracker.example/announce",
  tier: 1,
  state: "working",
  seeders: 1,
  nextInSeconds: 9,
};
const VIEW = {
  ...{
    infoHash: HASH,
    name: "Film",
    phase: "seeding",
    bytesTotal: 5,
    bytesDone: 5,
    failedAttempts: { ours: ["host"] },
  },
  ...{ files: [{ path: "a/b", bytes: 5, selected: true, index: 0 }], peers: [PEER], trackers: [TRACKER] },
};
const WORDS = ["infoHash", "files", "peers", "trackers", "phase", "device", "what", "type", "reason", HASH];

/** A short object stands for a peer or a file with all their fields. */
const OUTPUT_PER_BYTE = 500;

/** Parsers of what a daemon tells its page. */
export const DAEMON_TARGETS: readonly Target[] = [
  {
    ...{ name: "daemon-view", parse: ofJson((value) => parseView(value, []) ?? "none"), grammar: "json" },
    ...{ seeds: [json(VIEW)], words: WORDS, outputPerByte: OUTPUT_PER_BYTE },
  },
  {
    ...{ name: "daemon-fact", parse: ofJson((value) => parseFact(value) ?? "none"), grammar: "json" },
    seeds: [
      { type: "linkClosed", peer: PEER, reason: "twin" },
      { type: "trackerAnswered", tracker: TRACKER.url, seeders: 1, leechers: 2 },
      { type: "pieceFailed", piece: 7 },
    ].map((what) => json({ at: seeds.MOMENT, infoHash: HASH, what })),
    ...{ words: WORDS, outputPerByte: OUTPUT_PER_BYTE },
  },
  {
    name: "daemon-limits",
    parse: ofJson((value) => ({ one: parseControls(value), all: parseAllLimits(value) })),
    grammar: "json",
    seeds: [json({ rateUp: 5_000, maxPeers: 4, inOrder: true, stopRatio: 2, stopAt: seeds.MOMENT })],
    outputPerByte: OUTPUT_PER_BYTE,
  },
  {
    ...{ name: "daemon-pieces", parse: ofJson(parseHere), grammar: "json" },
    ...{ seeds: [json({ map: "gIAA", fileBytes: [1, 2] })], outputPerByte: OUTPUT_PER_BYTE },
  },
];
