import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { get, type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { finished, lineOf, testedTabswarm, testedTracker } from "../command.test-support.ts";

const newFolder = temporaryFolders();
const tabswarm = testedTabswarm();
const tracker = testedTracker(tabswarm);

const PEER = ["--port", "0", "--no-rtc", "--no-lsd"];
const HOST = ["--host", "127.0.0.1"];
const FILM_BYTES = 8_000_000;
/** So slow that the film takes half a minute. */
const SLOW = ["--rate-up", "250K"];

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly bytes: Buffer;
}

function read(url: string, headers: Record<string, string> = {}, method = "GET"): Promise<Got> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers }, async (answer) => {
      const { statusCode: status = 0, headers: said } = answer;
      resolve({ status, headers: said, bytes: await buffer(answer).catch(() => Buffer.alloc(0)) });
    });
    asked.on("error", reject);
    asked.end();
  });
}

/** Shares a film slowly, downloads it, and gives where it is served. */
async function watched(...flags: readonly string[]) {
  const folder = await newFolder();
  const film = randomBytes(FILM_BYTES);
  await writeFile(join(folder, "film ü.mp4"), film);
  const seeder = tabswarm.start([
    ...["seed", join(folder, "film ü.mp4"), "--tracker", tracker.url, "--json"],
    ...[...PEER, ...HOST, ...SLOW],
  ]);
  const { magnet } = JSON.parse(await lineOf(seeder, /"type":"seeding"/));
  const out = join(folder, "out");
  const viewer = tabswarm.start(["download", magnet, "--out", out, "--json", ...PEER, ...HOST, ...flags]);
  const { url, name } = JSON.parse(await lineOf(viewer, /"type":"serving"/));
  expect(name).toBe("film ü.mp4");
  return { film, url: String(url), viewer };
}

test("a player reads the end of a film long before all of it is here, and strangers' pages read nothing", async () => {
  const { film, url, viewer } = await watched("--serve");
  const end = await read(url, { range: "bytes=-100000" });
  expect([end.status, end.headers["content-type"]]).toEqual([206, "video/mp4"]);
  expect(end.headers["content-range"]).toBe(`bytes ${FILM_BYTES - 100_000}-${FILM_BYTES - 1}/${FILM_BYTES}`);
  expect(end.bytes.equals(film.subarray(-100_000))).toBe(true);
  const middle = await read(url, { range: "bytes=4000000-4099999" });
  expect(middle.bytes.equals(film.subarray(4_000_000, 4_100_000))).toBe(true);

  const head = await read(url, {}, "HEAD");
  expect([head.status, head.headers["content-length"], head.headers["accept-ranges"]]).toEqual([
    200,
    String(FILM_BYTES),
    "bytes",
  ]);
  expect(head.headers["x-content-type-options"]).toBe("nosniff");
  expect(head.headers["content-security-policy"]).toMatch(/^sandbox;/);
  expect((await read(url, { range: `bytes=${FILM_BYTES}-` })).status).toBe(416);
  const { origin } = new URL(url);
  expect((await read(`${origin}/`)).bytes.toString()).toBe(`${url}\n`);
  expect((await read(url, { host: "evil.example" })).status).toBe(403);
  expect((await read(url, {}, "POST")).status).toBe(405);
  for (const path of ["/x", `/${"0".repeat(40)}/0`, url.slice(origin.length).replace("/0/", "/7/"), "//%%"])
    expect((await read(origin + path)).status, path).toBe(404);

  // A player that seeks hangs up in the middle of an answer.
  await new Promise<void>((resolve) => {
    get(url, (answer) => {
      answer.once("data", () => {
        answer.destroy();
        resolve();
      });
    });
  });
  expect((await read(url, { range: "bytes=0-9" })).bytes.equals(film.subarray(0, 10))).toBe(true);
  viewer.kill("SIGINT");
  const { out } = await finished(viewer);
  expect(out).not.toContain('"type":"downloaded"'); // All of this was before the film was complete.
});

test("it serves at --host and a port of one's own, and goes on after the download until Ctrl-C", async () => {
  const folder = await newFolder();
  await writeFile(join(folder, "notes.txt"), "short");
  const seeder = tabswarm.start([
    "seed",
    join(folder, "notes.txt"),
    "--tracker",
    tracker.url,
    "--json",
    ...PEER,
    ...HOST,
  ]);
  const { magnet } = JSON.parse(await lineOf(seeder, /"type":"seeding"/));
  const viewer = tabswarm.start([
    ...["download", magnet, "--out", join(folder, "out"), "--json", ...PEER],
    ...["--host", "127.0.0.1", "--serve", "0"],
  ]);
  let said = "";
  viewer.stdout.on("data", (bytes) => (said += bytes));
  await eventually(() => expect(said).toContain('"type":"downloaded"'));
  const { url } = JSON.parse(said.split("\n").find((line) => line.includes('"serving"')) ?? "");
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{40}\/0\/notes\.txt$/);
  const { headers, bytes } = await read(url);
  expect(headers["content-disposition"]).toBe("attachment; filename*=UTF-8''notes.txt");
  expect(bytes.toString()).toBe("short");
  viewer.kill("SIGINT");
  expect((await finished(viewer)).code).toBe(0);
});

test.each([
  [["--serve", "x"], /write --serve after what you download/],
  [["--serve", "70000"], /0 to 65535/],
])("%j is wrong usage", async (flags, message) => {
  const { code, err } = await tabswarm.run(["download", "0".repeat(40), ...flags]);
  expect([code, err]).toEqual([2, expect.stringMatching(message)]);
});
