import { createHash, randomBytes } from "node:crypto";
import { type EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { encodeBencode } from "#shared/base/bencode.ts";
import { type RunningTracker, startTracker } from "#signal-tracker/main.ts";
import { findAria2, leechWithAria2, NO_ARIA2, seedWithAria2 } from "./aria2.ts";
import { isMissing } from "./missing.ts";
import { endOf, endProcesses } from "./processes.ts";
import { untilCounted } from "./scrape.ts";

// Our tracker with bittorrent-tracker's client, which WebTorrent uses, in Node with real WebRTC, and with aria2, which
// speaks HTTP, UDP and TCP.

const CLIENT = new URL("foreign/node_modules/bittorrent-tracker/client.js", import.meta.url);
const isInstalled = existsSync(fileURLToPath(CLIENT));
const NOT_INSTALLED =
  "bittorrent-tracker is not installed, so our tracker is NOT tested with a foreign client. Run: npm ci --ignore-scripts --prefix e2e/foreign";

/** What we use of the foreign client. */
interface ForeignClient extends EventEmitter {
  start(announced?: object): void;
  update(announced?: object): void;
  complete(announced?: object): void;
  stop(announced?: object): void;
  scrape(): void;
  destroy(done: () => void): void;
}

/** What we use of its WebRTC links. */
interface ForeignPeer extends EventEmitter {
  send(text: string): void;
  destroy(): void;
}

describe.skipIf(isMissing(isInstalled, NOT_INSTALLED))("the client of bittorrent-tracker", () => {
  let tracker: RunningTracker;
  const clients: ForeignClient[] = [];

  beforeAll(async () => {
    const log = pino({ level: "silent" });
    tracker = await startTracker({ host: "127.0.0.1", port: 0, stun: false, log });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await new Promise<void>((resolve) => client.destroy(resolve));
  });
  afterAll(() => tracker.close());

  /** Each client has its own path and so its own socket: the library pools sockets by URL. */
  async function openClient(infoHash: Buffer, scheme = "ws", port = 6881): Promise<ForeignClient> {
    const { default: Client } = await import(CLIENT.href);
    const client: ForeignClient = new Client({
      infoHash,
      peerId: Buffer.concat([Buffer.from("-XX0001-"), randomBytes(12)]),
      announce: `${scheme}://127.0.0.1:${tracker.port}/announce?client=${clients.length}`,
      port,
      rtcConfig: { iceServers: [] },
    });
    clients.push(client);
    return client;
  }

  /** The next event. Rejects with the client's warning when it was refused or could not read the reply. */
  async function next(client: ForeignClient, event: string): Promise<unknown> {
    const warned = once(client, "warning").then(([warning]) => {
      throw warning;
    });
    const [value] = await Promise.race([once(client, event), warned]);
    return value;
  }

  test("counts as what it announces: started, update, completed, stopped", async () => {
    const client = await openClient(randomBytes(20));
    const updateAfter = async (announce: () => void): Promise<unknown> => {
      const update = next(client, "update");
      announce();
      return update;
    };
    expect(await updateAfter(() => client.start({ left: 5, numwant: 0 }))).toMatchObject({
      complete: 0,
      incomplete: 1,
      interval: 120,
    });
    expect(await updateAfter(() => client.update({ left: Number.NaN, numwant: 0 }))).toMatchObject({
      complete: 0,
      incomplete: 1,
    });
    expect(await updateAfter(() => client.complete({ left: 0 }))).toMatchObject({
      complete: 1,
      incomplete: 0,
    });
    expect(await updateAfter(() => client.stop({ left: 0 }))).toMatchObject({ complete: 0, incomplete: 0 });
  });

  test("gets an answer to its scrape", async () => {
    const infoHash = randomBytes(20);
    const client = await openClient(infoHash);
    const update = next(client, "update");
    client.complete({ left: 0 });
    await update;
    const scraped = next(client, "scrape");
    client.scrape();
    expect(await scraped).toMatchObject({
      infoHash: infoHash.toString("hex"),
      complete: 1,
      incomplete: 0,
      downloaded: 1,
    });
  });

  test("finds another client: the tracker relays offers and answers until a data channel is open", async () => {
    const infoHash = randomBytes(20);
    const first = await openClient(infoHash);
    const update = next(first, "update");
    first.start({ left: 0, numwant: 0 });
    await update;
    const second = await openClient(infoHash);
    const peers: ForeignPeer[] = [];
    first.on("peer", (answering: ForeignPeer) => peers.push(answering.on("error", () => {}) as ForeignPeer));
    second.on("peer", (offering: ForeignPeer) => {
      peers.push(offering);
      offering.on("connect", () => offering.send("straight to you"));
      // On a busy machine libdatachannel sometimes closes a connection while it still takes the answer's candidates
      // ("remote candidate without ICE transport"). Whoever uses the library then announces with new offers.
      offering.on("error", () => second.update({ left: 5, numwant: 2 }));
    });
    const data = new Promise<string>((resolve) => {
      first.on("peer", (answering: ForeignPeer) =>
        answering.on("data", (bytes: Uint8Array) => resolve(Buffer.from(bytes).toString())),
      );
    });
    second.start({ left: 5, numwant: 2 });
    expect(await data).toBe("straight to you");
    for (const peer of peers) peer.destroy();
    // In Node the library never notices the end of gathering and waits 5 s for it, at both ends.
  }, 60_000);

  test.each(["http", "udp"])(
    "counts over %s, gets the other client's address and an answer to its scrape",
    async (scheme) => {
      const infoHash = randomBytes(20);
      const first = await openClient(infoHash, scheme, 7001);
      const second = await openClient(infoHash, scheme, 7002);
      const updateAfter = async (client: ForeignClient, announce: () => void): Promise<unknown> => {
        const update = next(client, "update");
        announce();
        return update;
      };
      expect(await updateAfter(first, () => first.start({ left: 5 }))).toMatchObject({
        complete: 0,
        incomplete: 1,
      });
      const peer = next(second, "peer");
      await updateAfter(second, () => second.start({ left: 5 }));
      expect(await peer).toBe("127.0.0.1:7001");
      expect(await updateAfter(first, () => first.complete({ left: 0 }))).toMatchObject({
        complete: 1,
        incomplete: 1,
      });
      const scraped = next(second, "scrape");
      second.scrape();
      expect(await scraped).toMatchObject({ complete: 1, incomplete: 1, downloaded: 1 });
      expect(await updateAfter(first, () => first.stop({ left: 0 }))).toMatchObject({
        complete: 0,
        incomplete: 1,
      });
    },
  );

  test("counts with the others, whatever they announce over", async () => {
    const infoHash = randomBytes(20);
    const mixed = await Promise.all(
      ["ws", "http", "udp"].map((scheme, at) => openClient(infoHash, scheme, 7001 + at)),
    );
    const counts: unknown[] = [];
    for (const client of [...mixed, ...mixed]) {
      const update = next(client, "update");
      if (counts.length < mixed.length) client.start({ left: 5, numwant: 0 });
      else client.complete({ left: 0, numwant: 0 });
      counts.push(await update);
    }
    expect(counts).toMatchObject([
      { complete: 0, incomplete: 1 },
      { complete: 0, incomplete: 2 },
      { complete: 0, incomplete: 3 },
      { complete: 1, incomplete: 2 },
      { complete: 2, incomplete: 1 },
      { complete: 3, incomplete: 0 },
    ]);
  });
});

describe.skipIf(isMissing(findAria2(), NO_ARIA2))("two aria2 clients", () => {
  let folder: string;
  let tracker: RunningTracker;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tabswarm-aria2-"));
    tracker = await startTracker({ host: "127.0.0.1", port: 0, stun: false, log: pino({ level: "silent" }) });
  });
  afterAll(async () => {
    await endProcesses();
    await tracker.close();
    await rm(folder, { recursive: true });
  });

  test("meet although one announces over UDP and the other over HTTP, and one downloads from the other", async () => {
    const data = randomBytes(1_500_000);
    const pieces = [0, 1, 2].map((at) => sha1(data.subarray(at * 524_288, (at + 1) * 524_288)));
    const info = encodeBencode(
      new Map<string, number | string | Uint8Array>([
        ["length", data.length],
        ["name", "film.bin"],
        ["piece length", 524_288],
        ["pieces", Buffer.concat(pieces)],
      ]),
    );
    for (const scheme of ["udp", "http"]) {
      const torrent = encodeBencode(
        new Map<string, string | { encoded: Uint8Array }>([
          ["announce", `${scheme}://127.0.0.1:${tracker.port}/announce`],
          ["info", { encoded: info }],
        ]),
      );
      await writeFile(join(folder, `${scheme}.torrent`), torrent);
    }
    await mkdir(join(folder, "seed"));
    await writeFile(join(folder, "seed", "film.bin"), data);

    // aria2 speaks to trackers over UDP only while its DHT is on, which knows nobody here.
    const overUdp = ["--enable-dht=true", `--dht-file-path=${join(folder, "dht.dat")}`];
    await seedWithAria2(join(folder, "udp.torrent"), join(folder, "seed"), ...overUdp);
    const trackerUrl = `http://127.0.0.1:${tracker.port}/`;
    await untilCounted(trackerUrl, sha1(info).toString("hex"), { seeders: 1 });

    expect(await endOf(await leechWithAria2(join(folder, "http.torrent"), join(folder, "got")))).toBe(0);
    expect((await readFile(join(folder, "got", "film.bin"))).equals(data)).toBe(true);
  }, 60_000);
});

const sha1 = (bytes: Uint8Array): Buffer => createHash("sha1").update(bytes).digest();
