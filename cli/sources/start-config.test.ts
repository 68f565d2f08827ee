import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import {
  MAX_CONFIG_BYTES,
  MAX_PEERS,
  MAX_TORRENTS,
  parseStartConfig,
  readStartConfig,
} from "./start-config.ts";

const newFolder = temporaryFolders();
const LOG = { json: false };
const HASH = "0123456789abcdef0123456789abcdef01234567";

function parse(peers: unknown): ReturnType<typeof parseStartConfig> {
  return parseStartConfig(JSON.stringify({ peers }), "/data", LOG);
}

test("a peer takes every flag as a key, and paths are relative to the file's folder", () => {
  const [school] = parse([
    {
      id: "school",
      host: "127.0.0.1",
      port: 6881,
      trackers: ["http://192.168.1.5:8000", "udp://tracker.example.org:6969"],
      rateUp: "2M",
      rtc: false,
      lsd: false,
      dht: true,
      seed: ["Films", { torrent: "Music.torrent", data: "/disk/Music" }],
      download: [HASH, { torrent: "got/a.torrent", out: "got", select: ["*.mp4"] }],
    },
  ]);
  expect(school).toMatchObject({
    id: "school",
    flags: { port: 6881, rateUp: 2_000_000, rtc: false, tcp: true, lsd: false, dht: true, json: false },
    seeds: [{ paths: ["/data/Films"] }, { paths: ["/data/Music.torrent"], data: "/disk/Music" }],
    downloads: [
      { source: HASH, folder: "/data", select: [] },
      { source: "/data/got/a.torrent", folder: "/data/got", select: ["*.mp4"] },
    ],
  });
  expect(school?.flags.tracker).toEqual(["http://192.168.1.5:8000/", "udp://tracker.example.org:6969"]);
});

test("what a peer seeds can be published, with a description", () => {
  const [school] = parse([
    {
      id: "school",
      trackers: ["http://192.168.1.5:8000"],
      seed: [
        { path: "Films", publish: true, description: "Films" },
        { torrent: "a.torrent", publish: true },
        { path: "b" },
      ],
    },
  ]);
  expect(school?.seeds).toEqual([
    { paths: ["/data/Films"], private: false, description: "Films", limits: {} },
    { paths: ["/data/a.torrent"], private: false, description: "", limits: {} },
    { paths: ["/data/b"], private: false, limits: {} },
  ]);
});

test("what a peer seeds can be an encrypted share, a new one or one that goes on", () => {
  const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
  const seeds = (...seed: unknown[]) =>
    parse([{ id: "a", trackers: ["http://192.168.1.5:8000"], seed }])[0]?.seeds;
  const link = `https://example.org/#${HASH}&k=${key}`;
  expect(seeds({ path: "Films", encrypt: true }, { path: "b", link }, { path: "c", encrypt: false })).toEqual(
    [
      { paths: ["/data/Films"], private: false, encrypt: { again: undefined }, limits: {} },
      { paths: ["/data/b"], private: false, encrypt: { again: { infoHash: HASH, key } }, limits: {} },
      { paths: ["/data/c"], private: false, limits: {} },
    ],
  );
  for (const [seed, message] of [
    [{ path: "a", encrypt: 1 }, "peers[0].seed[0].encrypt must be true or false"],
    [{ torrent: "a", encrypt: true }, "peers[0].seed[0].encrypt goes with a path"],
    [{ path: "a", link, publish: true }, "peers[0].seed[0].link does not go with publish"],
    [{ path: "a", link: HASH }, "peers[0].seed[0].link is wrong. To go on with an encrypted share"],
    [
      { path: "a", link: `${link}x` },
      "peers[0].seed[0].link is wrong. The key in this share link is damaged",
    ],
  ] as const)
    expect(() => seeds(seed)).toThrow(message);
});

test("each torrent has limits of its own", () => {
  const stops = { stopRatio: 1.5, stopAfter: "3 h", stopAfterDownloads: 5, stopAt: "2020-01-01T00:00Z" };
  const [desk] = parse([
    {
      id: "desk",
      rateUp: "5M",
      seed: ["a", { path: "b", rateUp: "500K", maxPeers: 10, ...stops }],
      download: [{ torrent: HASH, inOrder: true, rateDown: 50_000 }],
    },
  ]);
  expect(desk?.flags.rateUp).toBe(5_000_000);
  expect(desk?.seeds.map(({ limits }) => limits)).toEqual([
    {},
    {
      rateUp: 500_000,
      maxPeers: 10,
      stopRatio: 1.5,
      stopAfter: 180,
      stopAfterDownloads: 5,
      stopAt: Date.UTC(2020, 0, 1),
    },
  ]);
  expect(desk?.downloads.map(({ limits }) => limits)).toEqual([{ inOrder: true, rateDown: 50_000 }]);
});

const SEED = { seed: ["a"] };
const TRACKERS = { trackers: ["http://192.168.1.5:8000"] };

test.each([
  [{}, "peers must be a list of 1 to 50, in [ ]."],
  [[], "The file must be an object, in { }."],
  [{ peers: [], port: 1 }, "port is not a key here; use peers."],
  [{ peers: [] }, "peers must be a list of 1 to 50"],
  [{ peers: [7] }, "peers[0] must be an object"],
  [{ peers: [{ id: "a", seed: [{}] }] }, "peers[0].seed[0] must have either a path"],
  [{ peers: [{ id: "a", seed: [{ path: "b", torrent: "c" }] }] }, "peers[0].seed[0] must have either a path"],
  [{ peers: [{ id: "a", seed: [{ path: "b", data: "c" }] }] }, "peers[0].seed[0].data goes with a torrent"],
  [
    { peers: [{ id: "a", seed: ["b", { path: "b", publish: true }] }] },
    "peers[0].seed[1].publish needs a Tabswarm tracker",
  ],
  [
    { peers: [{ id: "a", seed: [{ path: "b", publish: 1 }] }] },
    "peers[0].seed[0].publish must be true or false",
  ],
  [
    { peers: [{ id: "a", seed: [{ path: "b", description: "c" }] }] },
    "peers[0].seed[0].description goes with",
  ],
  [
    {
      peers: [{ id: "a", ...TRACKERS, seed: [{ path: "b", publish: true, description: "x".repeat(1_001) }] }],
    },
    "peers[0].seed[0].description is wrong. A description has at most 1000 characters, and this one has 1001.",
  ],
  [{ peers: [SEED] }, 'peers[0].id must be a text, in " ".'],
  [{ peers: [{ id: "../a", ...SEED }] }, "peers[0].id must be a name of 1 to 64 letters"],
  [
    {
      peers: [
        { id: "a", ...SEED },
        { id: "a", ...SEED },
      ],
    },
    'peers[1].id is "a" again',
  ],
  [{ peers: [{ id: "a" }] }, "peers[0] has nothing to do"],
  [
    { peers: [{ id: "a", ...SEED, prot: 1 }] },
    "peers[0].prot is not a key here; use id, seed, download, trackers, host, port,",
  ],
  [
    { peers: [{ id: "a", ...SEED, port: 70_000 }] },
    "peers[0].port is wrong. A port is a whole number from 0 to 65535.",
  ],
  [{ peers: [{ id: "a", ...SEED, port: true }] }, "peers[0].port must be a text"],
  [{ peers: [{ id: "a", ...SEED, host: "here" }] }, "peers[0].host is wrong. It must be an IP address"],
  [{ peers: [{ id: "a", ...SEED, rtc: "no" }] }, "peers[0].rtc must be true or false."],
  [{ peers: [{ id: "a", ...SEED, rtc: false, tcp: false }] }, "peers[0] has rtc and tcp switched off"],
  [{ peers: [{ id: "a", ...SEED, rateUp: "fast" }] }, "peers[0].rateUp is wrong."],
  [{ peers: [{ id: "a", ...SEED, trackers: "http://a" }] }, "peers[0].trackers must be a list"],
  [
    { peers: [{ id: "a", ...SEED, trackers: ["http://a", "ftp://a"] }] },
    "peers[0].trackers[1] is wrong. It must be a Tabswarm",
  ],
  [{ peers: [{ id: "a", seed: [3] }] }, "peers[0].seed[0] must be an object"],
  [{ peers: [{ id: "a", seed: [{ torrent: "" }] }] }, "peers[0].seed[0].torrent must be a text"],
  [
    { peers: [{ id: "a", seed: [{ torrent: "a", dat: "" }] }] },
    "peers[0].seed[0].dat is not a key here; use path, torrent, data, publish, description, encrypt, link, rateUp,",
  ],
  [{ peers: [{ id: "a", ...SEED, stopRatio: 2 }] }, "peers[0].stopRatio is not a key here"],
  [
    { peers: [{ id: "a", seed: [{ path: "b", stopRatio: 0 }] }] },
    "peers[0].seed[0].stopRatio is wrong. It must be a number from 0.1",
  ],
  [
    { peers: [{ id: "a", seed: [{ path: "b", stopAfter: 3 }] }] },
    "peers[0].seed[0].stopAfter is wrong. It must be a time",
  ],
  [
    { peers: [{ id: "a", seed: [{ path: "b", stopAt: "soon" }] }] },
    "peers[0].seed[0].stopAt is wrong. It must be a date",
  ],
  [
    { peers: [{ id: "a", seed: [{ path: "b", inOrder: true }] }] },
    "peers[0].seed[0].inOrder is not a key here",
  ],
  [
    { peers: [{ id: "a", download: [{ torrent: "b", inOrder: 1 }] }] },
    "peers[0].download[0].inOrder must be true or false.",
  ],
  [
    { peers: [{ id: "a", download: [{ torrent: "b", maxPeers: 3 }] }] },
    "peers[0].download[0].maxPeers is wrong. It must be a whole number",
  ],
  [
    { peers: [{ id: "a", download: [{ torrent: "b", stopAfterDownloads: [] }] }] },
    "peers[0].download[0].stopAfterDownloads must be a text",
  ],
  [{ peers: [{ id: "a", download: [{}] }] }, "peers[0].download[0].torrent must be a text"],
  [{ peers: [{ id: "a", download: [{ torrent: "a", out: 1 }] }] }, "peers[0].download[0].out must be a text"],
  [
    { peers: [{ id: "a", download: [{ torrent: "a", select: [""] }] }] },
    "peers[0].download[0].select[0] must be a text",
  ],
  [{ peers: Array(MAX_PEERS + 1).fill(SEED) }, "peers must be a list of 1 to 50"],
  [
    { peers: [{ id: "a", seed: Array(MAX_TORRENTS + 1).fill("a") }] },
    "peers[0].seed must be a list of 0 to 1000",
  ],
])("%j is wrong, and the message names the key", (config, message) => {
  expect(() => parseStartConfig(JSON.stringify(config), "/data", LOG)).toThrow(message);
});

test("broken JSON is refused with its line and column, or with what the parser says", () => {
  const reading = (text: string) => expect(() => parseStartConfig(text, "/data", LOG));
  reading('{\n  "peers": [{}\n}').toThrow("This is not JSON: look at line 3, column 1.");
  reading('{"peers": [,]}').toThrow(/^This is not JSON: Unexpected token.*"peers": \[,\]/);
});

test("errors name the config file, and one that is too large is refused", async () => {
  const folder = await newFolder();
  const path = join(folder, "peers.json");
  await expect(readStartConfig(path, LOG)).rejects.toThrow(`${path} is not there`);
  await writeFile(path, '{"peers":[]}');
  await expect(readStartConfig(path, LOG)).rejects.toThrow(`${path}: peers must be a list`);
  await writeFile(path, JSON.stringify({ peers: [{ id: "a", seed: ["Films"] }] }));
  expect(await readStartConfig(path, LOG)).toMatchObject([{ seeds: [{ paths: [join(folder, "Films")] }] }]);
  await writeFile(path, " ".repeat(MAX_CONFIG_BYTES + 1));
  await expect(readStartConfig(path, LOG)).rejects.toThrow("larger than a config file can be");
  await mkdir(join(folder, "a"));
  await expect(readStartConfig(join(folder, "a"), LOG)).rejects.toThrow("is a folder");
});
