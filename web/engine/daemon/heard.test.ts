import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { signal } from "@preact/signals-core";
import { expect, onTestFinished, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { openDaemon, randomFile, type TestedDaemon } from "../../../cli/daemon/daemon.test-support.ts";
import type { EntryKey } from "../client.ts";
import { DaemonApi } from "./daemon-api.ts";
import { Follower } from "./follow.ts";
import { Heard } from "./heard.ts";
import { type AllLimits, parseAllLimits } from "./limits.ts";
import { DaemonLooks } from "./looks.ts";
import type { TorrentEntry } from "./torrents.ts";

const HASH = "1".repeat(40);

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Follows a daemon as its page does. */
function follow(daemon: Pick<TestedDaemon, "url" | "token">) {
  let { token } = daemon;
  const api = new DaemonApi(daemon.url, () => token);
  const limits = signal<AllLimits>(parseAllLimits({}));
  const bugs: unknown[] = [];
  const heard = new Heard(limits, (error) => void bugs.push(error));
  const follower = new Follower(api, () => token !== "", heard);
  follower.run().catch((error) => bugs.push(error));
  onTestFinished(() => {
    expect(bugs).toEqual([]);
    follower.close();
  });
  const show = (other: string): void => {
    token = other;
    follower.again();
  };
  return { api, limits, heard, reach: follower.reach, show };
}

const torrents = ({ heard }: ReturnType<typeof follow>): readonly TorrentEntry[] =>
  heard.entries.value.filter((entry): entry is TorrentEntry => entry.state !== "hashing");

test("a page has what its daemon has, newest first, as it comes, changes and goes", async () => {
  const folder = await newFolder();
  const daemon = await openDaemon(folder, { trackers: ["http://127.0.0.1:9/announce"] });
  await daemon.ask("POST", "/api/torrents", { link: `magnet:?xt=urn:btih:${HASH}&dn=Film`, isPaused: true });
  const page = follow(daemon);
  await eventually(() => expect(page.heard.ready.value).toBe(true));
  const [film] = torrents(page);
  expect(film).toMatchObject({
    ...{ state: "paused", key: HASH, infoHash: HASH, magnetLink: expect.stringContaining(HASH) },
    ...{ shareLink: undefined, canSave: false, onDisk: { folder: daemon.options.folder } },
    trackers: [{ url: "http://127.0.0.1:9/announce", isOwn: true, isReachable: true }],
    torrent: { name: "Film", files: [], problem: undefined },
  });

  const path = await randomFile(folder, "own.bin", 40_000);
  await daemon.ask("POST", "/api/torrents", { paths: [path] });
  await daemon.ask("PATCH", `/api/torrents/${HASH}`, { limits: { stopRatio: 2 } });
  await daemon.ask("PATCH", "/api/limits", { rateUp: 20_000 });
  await eventually(() => {
    const [own, changed] = torrents(page);
    expect(own).toMatchObject({ state: "seeding", onDisk: {}, torrent: { files: [{ path: "own.bin" }] } });
    expect(own?.onDisk?.folder).toBeUndefined();
    expect(changed?.controls.stopAt).toMatchObject({ ratio: 2 });
    expect(page.limits.value.mostUp).toBe(20_000);
  });

  const own = torrents(page)[0]?.key as EntryKey;
  const looks = new DaemonLooks(page.api, page.heard.torrents);
  const [pieces, files] = await Promise.all([looks.pieces(own), looks.bytesOfFiles(own)]);
  expect([pieces, files]).toEqual([{ states: new Uint8Array([2]), copies: new Uint8Array([0]) }, [40_000]]);
  expect(page.heard.events(own, 0).map(({ what }) => what.type)).toContain("torrentAdded");

  await daemon.ask("DELETE", `/api/torrents/${HASH}`);
  await eventually(() => expect(torrents(page).map(({ key }) => key)).toEqual([own]));
});

test("what the API says of a torrent is what the engine says", async () => {
  const folder = await newFolder();
  const daemon = await openDaemon(folder);
  const paths = [await randomFile(folder, "own.bin")];
  await daemon.ask("POST", "/api/torrents", { paths, encrypt: true });
  const page = follow(daemon);
  await eventually(() => expect(torrents(page)[0]).toMatchObject({ state: "seeding", lock: "open" }));
  const { json } = await daemon.ask("GET", "/api/torrents");
  const { files } = (await daemon.ask("GET", `/api/torrents/${json.items[0].infoHash}`)).json;
  const { torrent } = torrents(page)[0] as TorrentEntry;
  const said = { ...json.items[0], bytesTotal: 100_000, bytesDone: 100_000 }; // The page shows the sizes of the files.
  for (const [name, value] of Object.entries({ ...torrent, peers: undefined, trackers: undefined }))
    if (value !== undefined && name in said) expect(value, name).toEqual(said[name]);
  expect(torrent.files).toEqual(files);
});

test("a page that loses its daemon says so, and has the list as it is once the daemon is back", async () => {
  const folder = await newFolder();
  const first = await openDaemon(folder);
  await first.ask("POST", "/api/torrents", { link: HASH });
  const page = follow(first);
  await eventually(() => expect(torrents(page)).toHaveLength(1));
  await first.close();
  await eventually(() => expect(page.reach.value.state).toBe("lost"));
  expect(torrents(page)).toHaveLength(1);
  const refused = page.api.ask({ method: "GET", path: "/status" });
  await expect(refused).rejects.toThrow("The daemon does not answer.");

  const api = { host: "127.0.0.1", port: Number(new URL(first.url).port) };
  const again = await openDaemon(folder, { api });
  await again.ready;
  await again.ask("DELETE", `/api/torrents/${HASH}`);
  await eventually(() => expect([page.reach.value.state, torrents(page)]).toEqual(["connected", []]));
});

test("a page with the wrong token waits for the right one, and a daemon with another token locks it again", async () => {
  const daemon = await openDaemon(await newFolder());
  await daemon.ask("POST", "/api/torrents", { link: HASH });
  const page = follow({ url: daemon.url, token: "" });
  await eventually(() => expect(page.reach.value).toEqual({ state: "locked", wasWrong: false }));
  const states = new Set<string>();
  onTestFinished(page.reach.subscribe(({ state }) => void states.add(state)));
  page.show("another");
  await eventually(() => expect(page.reach.value).toEqual({ state: "locked", wasWrong: true }));
  page.show(daemon.token);
  await eventually(() => expect([page.reach.value.state, torrents(page).length]).toEqual(["connected", 1]));
  page.show("another"); // While it listens.
  await eventually(() => expect(page.reach.value.state).toBe("locked"));
  page.show(daemon.token);
  await eventually(() => expect(page.reach.value.state).toBe("connected"));
  expect(states).toEqual(new Set(["locked", "connected"])); // Never that it was lost.

  await daemon.close();
  const api = { host: "127.0.0.1", port: Number(new URL(daemon.url).port) };
  await openDaemon(await newFolder(), { api });
  await eventually(() => expect(page.reach.value).toEqual({ state: "locked", wasWrong: true }));
});
