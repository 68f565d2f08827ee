import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { get, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { startTracker } from "#signal-tracker/main.ts";
import { openDaemon, type TestedDaemon } from "../daemon.test-support.ts";
import { FileAddresses } from "./file-addresses.ts";
import { MAX_READERS } from "./file-routes.ts";

const newFolder = temporaryFolders();
const FILM = randomBytes(8_000_000);
const PAGE = "<script>alert(1)</script>";

/** Has `Mixed`: a film, and a page with a script under a name that needs care. It wants the film alone. */
let daemon: TestedDaemon;
let torrent: string;
beforeAll(async () => {
  const folder = await newFolder();
  const tracker = await startTracker({ host: "127.0.0.1", port: 0, stun: false });
  afterAll(() => tracker.close());
  const trackers = tracker.urls.slice(0, 1);
  await mkdir(join(folder, "Mixed"));
  await writeFile(join(folder, "Mixed", "film.mp4"), FILM);
  await writeFile(join(folder, "Mixed", "page's “ü”.html"), PAGE);
  const seeder = await openDaemon(join(folder, "seeder"), { trackers, cleanUp: afterAll });
  const { json } = await seeder.ask("POST", "/api/torrents", { paths: [join(folder, "Mixed")] });
  const [{ infoHash }] = json.items;
  daemon = await openDaemon(join(folder, "leecher"), { trackers, cleanUp: afterAll });
  await daemon.ask("POST", "/api/torrents", { link: infoHash, select: ["*.mp4"] });
  torrent = `/api/torrents/${infoHash}`;
  await eventually(async () => {
    const { phase, files } = (await daemon.ask("GET", torrent)).json;
    expect([phase, files.length]).toEqual(["seeding", 2]);
  });
});

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: Buffer;
}

async function read(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Got> {
  const [answer]: [IncomingMessage] = (await once(
    request(daemon.url + path, { method, headers }).end(),
    "response",
  )) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, headers: answer.headers, bytes: await buffer(answer) };
}

async function addressOf(index: number): Promise<string> {
  const { json } = await daemon.ask("POST", `${torrent}/files/${index}/address`);
  return json.path;
}

test("programs read a file and ranges of it with the token, and nobody does without", async () => {
  const authorization = `Bearer ${daemon.token}`;
  const whole = await read(`${torrent}/files/0`, { authorization });
  expect([whole.status, whole.headers["content-type"]]).toEqual([200, "video/mp4"]);
  expect(whole.bytes.equals(FILM)).toBe(true);
  const part = await read(`${torrent}/files/0`, { authorization, range: "bytes=7999990-" });
  expect([part.status, part.headers["content-range"]]).toEqual([206, "bytes 7999990-7999999/8000000"]);
  expect(part.bytes.equals(FILM.subarray(7_999_990))).toBe(true);
  expect((await read(`${torrent}/files/0`)).status).toBe(401);
  expect((await read(`${torrent}/files/0`, { authorization, range: "bytes=8000000-" })).status).toBe(416);
});

test("an address of a file needs no token, and is good for that file alone", async () => {
  const path = await addressOf(0);
  const { status, headers, bytes } = await read(path, { range: "bytes=0-99" });
  expect([status, bytes.equals(FILM.subarray(0, 100))]).toEqual([206, true]);
  expect(headers["content-security-policy"]).toMatch(/^sandbox;/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  const broken = [
    path.replace("/0/", "/1/"),
    path.replace(/until=\d/, "until=9"),
    path.replace(/.$/, (last) => (last === "0" ? "1" : "0")),
  ];
  for (const other of broken) expect((await read(other)).status, other).toBe(403);
  expect((await read(path.replace(/\?.*/, ""))).status).toBe(400);
  expect((await read(path, { host: "evil.example" })).status).toBe(403);
  const head = await read(path, {}, "HEAD");
  expect([head.status, head.headers["content-length"], head.bytes.length]).toEqual([200, "8000000", 0]);
});

test("an address ends after half a day, and with its daemon", () => {
  const addresses = new FileAddresses();
  const hash = "0".repeat(40) as InfoHash;
  const proof = addresses.prove(hash, 3, 1_000);
  const halfADay = 12 * 3_600_000;
  expect(addresses.isGood(hash, 3, proof, halfADay + 999)).toBe(true);
  expect(addresses.isGood(hash, 3, proof, halfADay + 1_000)).toBe(false);
  expect(new FileAddresses().isGood(hash, 3, proof, 1_000)).toBe(false);
});

test("what is not there, or not fetched, is refused with a sentence", async () => {
  const refused = async (path: string) => (await daemon.ask("GET", path)).json.error.code;
  expect(await refused(`${torrent}/files/7`)).toBe("noSuchFile");
  expect(await refused(`${torrent}/files/1`)).toBe("notSelected");
  expect(await refused(`/api/torrents/${"0".repeat(40)}/files/0`)).toBe("noSuchTorrent");
  expect((await read(await addressOf(1))).status).toBe(409);
  const unknown = "1".repeat(40);
  await daemon.ask("POST", "/api/torrents", { link: unknown });
  expect(await refused(`/api/torrents/${unknown}/files/0`)).toBe("notOpen");
});

test("so many files are sent at a time, and a place is free again once a reader has gone", async () => {
  const path = await addressOf(0);
  const open = await Promise.all(
    Array.from({ length: MAX_READERS }, async () => {
      const asked = get(daemon.url + path); // Nobody reads the answer: a few megabytes wait in it.
      onTestFinished(() => void asked.destroy());
      asked.on("error", () => {});
      await once(asked, "response");
      return asked;
    }),
  );
  const { status, bytes } = await read(path, { range: "bytes=0-9" });
  expect([status, JSON.parse(bytes.toString()).error.code]).toEqual([503, "tooManyReaders"]);
  open[0]?.destroy();
  await eventually(async () => expect((await read(path, { range: "bytes=0-9" })).status).toBe(206));
});

test("what no player plays is saved under its own name, whatever is in it", async () => {
  await daemon.ask("PATCH", torrent, { selectedFiles: null });
  await eventually(async () => {
    const { status, headers, bytes } = await read(await addressOf(1));
    expect([status, bytes.toString()]).toEqual([200, PAGE]);
    expect(headers["content-type"]).toBe("application/octet-stream");
    expect(headers["content-disposition"]).toMatch(/^attachment; filename\*=UTF-8''page/);
  });
});
