import { createHash, randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeBencode } from "#shared/base/bencode.ts";
import {
  type AccountTracker,
  openAccountTracker,
  register,
} from "#signal-tracker/accounts/accounts.test-support.ts";
import { findAria2, leechWithAria2, NO_ARIA2, seedWithAria2 } from "./aria2.ts";
import { isMissing } from "./missing.ts";
import { endOf, endProcesses } from "./processes.ts";
import { until } from "./until.ts";

// A tracker with accounts and aria2, which announces over HTTP with the URL that its .torrent names.

describe.skipIf(isMissing(findAria2(), NO_ARIA2))("aria2 at a tracker with accounts", () => {
  const cleanUps: (() => void | Promise<void>)[] = [];
  const data = randomBytes(300_000);
  const info = encodeBencode(
    new Map<string, number | string | Uint8Array>([
      ["length", data.length],
      ["name", "film.bin"],
      ["piece length", 524_288],
      ["pieces", createHash("sha1").update(data).digest()],
    ]),
  );
  let folder: string;
  let tracker: AccountTracker;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tabswarm-accounts-"));
    tracker = await openAccountTracker((cleanUp) => cleanUps.push(cleanUp));
    await mkdir(join(folder, "seed"));
    await writeFile(join(folder, "seed", "film.bin"), data);
  });
  afterAll(async () => {
    await endProcesses();
    for (const cleanUp of cleanUps) await cleanUp();
    await rm(folder, { recursive: true });
  });

  async function torrentFile(name: string, announce: string): Promise<string> {
    const fields = new Map<string, string | { encoded: Uint8Array }>([
      ["announce", announce],
      ["info", { encoded: info }],
    ]);
    const path = join(folder, name);
    await writeFile(path, encodeBencode(fields));
    return path;
  }

  const announcesOf = async (result: string): Promise<number> => {
    const metrics = await (await fetch(`${tracker.url}/metrics`)).text();
    const line = new RegExp(
      `^tabswarm_announces_total\\{.*transport="http".*result="${result}".*\\} (\\d+)$`,
      "m",
    );
    return Number(line.exec(metrics)?.[1] ?? 0);
  };

  test("downloads with a key from whoever seeds with a key, and without one gets nothing", async () => {
    const anna = await register(tracker, "anna");
    const made = (await anna.post("/api/keys", { name: "aria2" })).body;
    const url = made.announceUrls.find((announce: string) => announce.startsWith("http"));
    const keyed = await torrentFile("keyed.torrent", url);
    await seedWithAria2(keyed, join(folder, "seed"));
    await until(async () => (await announcesOf("answered")) > 0);

    const bare = await torrentFile("bare.torrent", `${tracker.url}/announce`);
    const guest = await leechWithAria2(bare, join(folder, "guest"));
    await until(async () => (await announcesOf("refused")) > 0);
    guest.kill();
    await endOf(guest);
    const got = await readFile(join(folder, "guest", "film.bin")).catch(() => "");
    expect(got).toHaveLength(0);

    expect(await endOf(await leechWithAria2(keyed, join(folder, "got")))).toBe(0);
    expect((await readFile(join(folder, "got", "film.bin"))).equals(data)).toBe(true);
  }, 60_000);
});
