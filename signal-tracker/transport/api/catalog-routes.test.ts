import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseApiPage, parseApiTorrent } from "#shared/announce/parse-tracker-api.ts";
import { FOLDER, info, ONE_FILE } from "#shared/meta/info.test-support.ts";
import { parseMetainfo } from "#shared/meta/metainfo.ts";
import { isSqliteMissing } from "../../../e2e/sqlite.ts";
import {
  type AccountTracker,
  ApiClient,
  codeOf,
  openAccountTracker,
  PASSWORD,
  register,
} from "../../accounts/accounts.test-support.ts";
import { torrentFile } from "../../catalog/catalog.test-support.ts";
import { PUBLICATIONS_PER_ACCOUNT } from "../../limits/attempts.ts";
import { MAX_PUBLICATIONS_PER_NETWORK_AND_MINUTE } from "../../limits/catalog.ts";

const cleanUps: (() => void | Promise<void>)[] = [];
const atEnd = (cleanUp: () => void | Promise<void>) => void cleanUps.push(cleanUp);
let tracker: AccountTracker;
let privateTracker: AccountTracker;

beforeAll(async () => {
  tracker = await openAccountTracker(atEnd, { accounts: false });
  privateTracker = await openAccountTracker(atEnd);
});
afterAll(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** What `POST /api/torrents` takes. */
const publication = (name: string, description = "", base = ONE_FILE) => ({
  torrent: Buffer.from(torrentFile({ name }, base)).toString("base64"),
  description,
});
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test("without accounts, anybody publishes, and the owner key unpublishes", async () => {
  const client = new ApiClient(tracker);
  const published = await client.post(
    "/api/torrents",
    publication("Đường", "<script>alert(1)</script>", FOLDER),
  );
  expect(published.status).toBe(201);
  const { ownerKey, ...torrent } = published.body;
  expect(ownerKey).toMatch(/^[\w-]{43}$/);
  expect(torrent).toEqual({
    infoHash: expect.stringMatching(/^[0-9a-f]{40}$/),
    name: "Đường",
    description: "<script>alert(1)</script>",
    bytes: 20_005,
    fileCount: 3,
    seeders: 0,
    leechers: 0,
    publishedAt: expect.any(String),
  });
  const path = `/api/torrents/${torrent.infoHash}`;
  const list = await client.get("/api/torrents?q=duong&sort=name&limit=5");
  expect([list.status, list.body]).toEqual([200, { items: [torrent] }]);
  expect(parseApiPage(list.body, parseApiTorrent).items).toEqual([torrent]);
  expect(list.headers["content-type"]).toMatch(/^application\/json/);

  const opened = await client.get(path.toUpperCase().replace("/API/TORRENTS", "/api/torrents"));
  expect(opened.body).toEqual({
    ...torrent,
    pieceBytes: 16_384,
    pieceCount: 2,
    files: [
      { path: "b/1.jpg", bytes: 20_000 },
      { path: "empty", bytes: 0 },
      { path: "😀", bytes: 5 },
    ],
    canUnpublish: false,
  });
  expect((await client.send("GET", path, undefined, bearer(ownerKey))).body.canUnpublish).toBe(true);

  expect(codeOf(await client.delete(path))).toEqual([403, "notYours"]);
  expect(codeOf(await client.send("DELETE", path, undefined, bearer("x".repeat(43))))).toEqual([
    403,
    "notYours",
  ]);
  expect((await client.send("DELETE", path, undefined, bearer(ownerKey))).status).toBe(204);
  expect(codeOf(await client.get(path))).toEqual([404, "noSuchTorrent"]);
  expect((await client.get("/api/torrents?q=duong")).body).toEqual({ items: [] });
});

test("the .torrent has the tracker's announce URLs and no key, and comes as a file", async () => {
  const client = new ApiClient(tracker);
  const { body } = await client.post("/api/torrents", publication('a "b"; c.txt'));
  const response = await fetch(`${tracker.url}/api/torrents/${body.infoHash}.torrent`);
  expect(response.headers.get("content-type")).toBe("application/x-bittorrent");
  expect(response.headers.get("content-disposition")).toBe(
    `attachment; filename="${body.infoHash}.torrent"; filename*=UTF-8''a%20%22b%22%3B%20c.txt.torrent`,
  );
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  const metainfo = parseMetainfo(new Uint8Array(await response.arrayBuffer()));
  expect(metainfo.infoBytes).toEqual(info(ONE_FILE, { name: 'a "b"; c.txt' }));
  const { trackers } = (await client.get("/config.json")).body;
  expect(metainfo.trackerTiers.flat()).toEqual(trackers);
  expect(metainfo.comment).toBeUndefined();
});

test("what is wrong is refused with a code and a sentence", async () => {
  const client = new ApiClient(tracker);
  const post = async (body: unknown) => codeOf(await client.post("/api/torrents", body));
  const text = (value: string) => Buffer.from(value).toString("base64");
  expect(await post({ torrent: text("<html>") })).toEqual([400, expect.any(String)]);
  expect(await post({ torrent: "!!!" })).toEqual([400, expect.any(String)]);
  expect(await post({})).toEqual([400, "malformedRequest"]);
  expect(await post({ torrent: 5 })).toEqual([400, expect.any(String)]);
  expect(await post({ ...publication("x"), description: "x".repeat(3_000) })).toEqual([
    400,
    "malformedRequest",
  ]);
  const huge = { "content-type": "application/json", "content-length": 9 * 1024 * 1024 };
  expect(codeOf(await client.send("POST", "/api/torrents", undefined, huge))).toEqual([
    413,
    "malformedRequest",
  ]);
  await client.post("/api/torrents", publication("twice"));
  expect(await post(publication("twice"))).toEqual([409, "alreadyPublished"]);
  for (const path of [
    "?sort=size",
    "?limit=0",
    "?limit=101",
    "?limit=x",
    `?q=${"x".repeat(201)}`,
    "?cursor=x",
  ])
    expect((await client.get(`/api/torrents${path}`)).status, path).toBe(400);
  for (const path of ["/xyz", "/..%2f..%2fetc", `/${"g".repeat(40)}`, "/x.torrent"])
    expect((await client.get(`/api/torrents${path}`)).status, path).toBe(400);
  expect(codeOf(await client.get(`/api/torrents/${"0".repeat(40)}.torrent`))).toEqual([404, "noSuchTorrent"]);
});

test("SQL and FTS syntax in a search is text", async () => {
  const client = new ApiClient(tracker);
  await client.post("/api/torrents", publication('it\'s "quoted" 100%'));
  for (const q of ["it's", '"quoted"', "100%", "' \"", "%"]) {
    const { body } = await client.get(`/api/torrents?q=${encodeURIComponent(q)}`);
    expect(
      body.items.map(({ name }: { name: string }) => name),
      q,
    ).toContain('it\'s "quoted" 100%');
  }
  for (const q of ["' OR 1=1 --", '" OR "" = "', "NEAR(it quoted)", "name:it", "*", "_____"])
    expect((await client.get(`/api/torrents?q=${encodeURIComponent(q)}`)).body, q).toEqual({ items: [] });
});

test("pages follow each other until the end", async () => {
  const client = new ApiClient(tracker);
  for (const name of ["page a", "page b", "page c"]) await client.post("/api/torrents", publication(name));
  const names: string[] = [];
  let cursor = "";
  for (;;) {
    const { body } = await client.get(`/api/torrents?q=page&sort=name&limit=2${cursor}`);
    names.push(...body.items.map(({ name }: { name: string }) => name));
    if (body.nextCursor === undefined) break;
    cursor = `&cursor=${encodeURIComponent(body.nextCursor)}`;
  }
  expect(names).toEqual(["page a", "page b", "page c"]);
});

test("clients that announce to the tracker are counted in the catalog", async () => {
  const client = new ApiClient(tracker);
  const { body } = await client.post("/api/torrents", publication("seeded"));
  const hash = body.infoHash.replace(/../g, "%$&");
  for (const [peer, left] of [
    [1, 0],
    [2, 0],
    [3, 5],
  ])
    await fetch(
      `${tracker.url}/announce?info_hash=${hash}&peer_id=-XX0001-00000000000${peer}&port=700${peer}&left=${left}`,
    );
  const [entry] = (await client.get("/api/torrents?q=seeded")).body.items;
  expect(entry).toMatchObject({ seeders: 2, leechers: 1, lastSeededAt: expect.any(String) });
});

test("with accounts, only people who are logged in see anything, and owners and administrators unpublish", async () => {
  const stranger = new ApiClient(privateTracker);
  for (const path of ["", `/${"0".repeat(40)}`, `/${"0".repeat(40)}.torrent`])
    expect(codeOf(await stranger.get(`/api/torrents${path}`)), path).toEqual([401, "notLoggedIn"]);
  expect(codeOf(await stranger.post("/api/torrents", publication("x")))).toEqual([401, "notLoggedIn"]);

  const anna = await register(privateTracker, "Anna");
  const binh = await register(privateTracker, "Bình");
  const published = await anna.post("/api/torrents", publication("hers"));
  expect(published.body).toMatchObject({ name: "hers", publishedBy: "Anna" });
  expect(published.body.ownerKey).toBeUndefined();
  const path = `/api/torrents/${published.body.infoHash}`;
  expect((await binh.get("/api/torrents")).body.items).toMatchObject([{ name: "hers", publishedBy: "Anna" }]);
  expect(codeOf(await binh.delete(path))).toEqual([403, "notYours"]);
  expect((await anna.get(path)).body.canUnpublish).toBe(true);
  expect((await anna.delete(path)).status).toBe(204);

  await binh.post("/api/torrents", publication("his"));
  const [{ infoHash }] = (await binh.get("/api/torrents")).body.items;
  const admin = await register(privateTracker, "admin", privateTracker.code);
  expect((await admin.delete(`/api/torrents/${infoHash}`)).status).toBe(204);
});

test("a program that is known by a key gets a .torrent with that key, which says so", async () => {
  const anna = await register(privateTracker, "Ánna with a program");
  const { key } = (await anna.post("/api/keys", { name: "laptop" })).body;
  const { infoHash } = (await anna.post("/api/torrents", publication("keyed"))).body;
  const url = `${privateTracker.url}/api/torrents/${infoHash}.torrent`;
  const response = await fetch(url, { headers: bearer(key) });
  const { trackerTiers, comment } = parseMetainfo(new Uint8Array(await response.arrayBuffer()));
  expect(trackerTiers.flat().every((tracker) => tracker.endsWith(`/announce/${key}`))).toBe(true);
  expect(comment).toMatch(/^Made for Ánna with a program: .* Do not pass this file on\.$/);
});

test("all .torrent files of one person's browser have one key, and another once that was revoked", async () => {
  const anna = await register(privateTracker, "Anna with a browser");
  const files = ["first", "second"].map((name) => publication(name));
  const keys: string[] = [];
  const download = async (infoHash: string): Promise<void> => {
    const url = `${privateTracker.url}/api/torrents/${infoHash}.torrent`;
    const response = await fetch(url, { headers: { cookie: anna.cookie ?? "" } });
    const { trackerTiers } = parseMetainfo(new Uint8Array(await response.arrayBuffer()));
    const [key = ""] = trackerTiers.flat().map((tracker) => tracker.split("/announce/")[1] ?? "");
    keys.push(key);
    const announce = `info_hash=${"%01".repeat(20)}&peer_id=${"x".repeat(20)}&port=7001`;
    const answer = await fetch(`${privateTracker.url}/announce/${key}?${announce}`);
    expect(await answer.text()).toContain("complete");
  };
  for (const file of files) await download((await anna.post("/api/torrents", file)).body.infoHash);
  expect(new Set(keys).size).toBe(1);
  const [{ id, name }] = (await anna.get("/api/keys")).body.items;
  expect(name).toBe("in downloaded .torrent files");
  await anna.delete(`/api/keys/${id}`);
  const [entry] = (await anna.get("/api/torrents?q=first")).body.items;
  await download(entry.infoHash);
  expect(new Set(keys).size).toBe(2);
});

test.skipIf(isSqliteMissing())(
  "the key in .torrent files outlives a restart, and the database does not tell it",
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "tabswarm-keys-"));
    atEnd(() => rm(dataFolder, { recursive: true }));
    const keys: (string | undefined)[] = [];
    let infoHash = "";
    for (const isFirst of [true, false]) {
      const tracker = await openAccountTracker(atEnd, { dataFolder });
      const browser = isFirst ? await register(tracker, "anna") : new ApiClient(tracker);
      await browser.post("/api/session", { name: "anna", password: PASSWORD });
      if (isFirst) infoHash = (await browser.post("/api/torrents", publication("kept"))).body.infoHash;
      const { body } = await browser.get(`/api/torrents/${infoHash}.torrent`);
      keys.push(/announce\/([a-z2-7]{32})/.exec(String(body))?.[1]);
      await tracker.close();
    }
    expect(keys).toEqual([expect.any(String), keys[0]]);
    const secret = (await readFile(join(dataFolder, "key-secret"), "utf8")).trim();
    for (const file of (await readdir(dataFolder)).filter((name) => name !== "key-secret"))
      expect(await readFile(join(dataFolder, file), "latin1"), file).not.toMatch(
        new RegExp(`${secret}|${keys[0]}`),
      );
  },
);

test("one network publishes only so often in a minute", async () => {
  const [client, other] = [new ApiClient(tracker, "198.51.100.7"), new ApiClient(tracker, "198.51.100.8")];
  for (let count = 0; count < MAX_PUBLICATIONS_PER_NETWORK_AND_MINUTE; count++)
    expect((await client.post("/api/torrents", { torrent: "" })).status).toBe(400);
  const refused = await client.post("/api/torrents", publication("late"));
  expect([refused.status, refused.headers["retry-after"]]).toEqual([429, "60"]);
  expect((await other.post("/api/torrents", publication("late"))).status).toBe(201);
  expect((await client.get("/api/torrents")).status).toBe(200);
});

test("one account publishes only so often in an hour, from wherever", async () => {
  const tracker = await openAccountTracker(atEnd);
  const anna = await register(tracker, "anna");
  const statuses = new Set<number | undefined>();
  for (let at = 0; at < PUBLICATIONS_PER_ACCOUNT.points; at++) {
    anna.headers["x-forwarded-for"] = `192.0.2.${at % 10}`;
    statuses.add((await anna.post("/api/torrents", { torrent: "" })).status);
  }
  expect([...statuses]).toEqual([400]);
  expect(codeOf(await anna.post("/api/torrents", { torrent: "" }))).toEqual([429, "tooOften"]);
  expect((await anna.get("/api/torrents")).status).toBe(200);
  const otto = await register(tracker, "otto");
  expect((await otto.post("/api/torrents", { torrent: "" })).status).toBe(400);
});

test("a tracker without a catalog has no such routes, and says so", async () => {
  const plain = new ApiClient(await openAccountTracker(atEnd, { accounts: false, catalog: false }));
  expect(codeOf(await plain.get("/api/torrents"))).toEqual([404, "noSuchRoute"]);
  expect((await plain.get("/config.json")).body.catalog).toBe(false);
  expect((await new ApiClient(tracker).get("/config.json")).body.catalog).toBe(true);
});
