import { expect, test } from "vitest";
import { parseInfoHash } from "#shared/base/ids.ts";
import { parseShareKey } from "#shared/base/share-key.ts";
import { parseTrackerUrl } from "#shared/base/tracker-url.ts";
import { readPageConfig } from "./page-config.ts";
import { TorrentLinks } from "./torrent-links.ts";

const INFO_HASH = parseInfoHash("1".repeat(40));
const OWN = parseTrackerUrl("ws://a.example:8000/announce");

function linksFor(config: object, isSecure = false): TorrentLinks {
  if (OWN === undefined) throw new Error("no tracker");
  const location = new URL("http://a.example:8000/") as unknown as Location;
  return new TorrentLinks(readPageConfig(config, location), OWN, isSecure);
}

function torrent(...trackers: string[]) {
  if (INFO_HASH === undefined) throw new Error("no info-hash");
  const urls = trackers.flatMap((text) => parseTrackerUrl(text) ?? []);
  return { infoHash: INFO_HASH, name: undefined, trackers: urls, isPrivate: false };
}

const NODES = ["a", "b", "c"].flatMap((name) => [
  `ws://${name}.example:8000/`,
  `http://${name}.example:8000/announce`,
]);

test("a page announces to one node of its tracker, and the others are alternatives", () => {
  const links = linksFor({ trackers: NODES });
  const own = ["ws://a.example:8000/announce", "ws://b.example:8000/", "ws://c.example:8000/"];
  expect(links.announceTo(torrent("ws://b.example:8000/", "ws://other.example/"))).toEqual([
    own,
    ["ws://other.example/"],
  ]);
});

test("a page has no alternatives at a tracker of one node, or where people log in at each node", () => {
  const own = [["ws://a.example:8000/announce"]];
  expect(linksFor({ trackers: NODES.slice(0, 2) }).announceTo(torrent())).toEqual(own);
  expect(linksFor({ trackers: NODES, accounts: true }).announceTo(torrent())).toEqual(own);
  expect(linksFor({}).announceTo(torrent())).toEqual(own);
});

test("the share link of an encrypted share has its key and not its name, and the magnet link has neither", () => {
  const key = parseShareKey(`${"k".repeat(42)}A`);
  const secret = { ...torrent("wss://other.example/"), name: "Diary", shareKey: key };
  const links = linksFor({ pageUrl: "http://a.example:8000/" });
  const other = `&tr=${encodeURIComponent("wss://other.example/")}`;
  expect(links.shareLink(secret)).toBe(`http://a.example:8000/#${INFO_HASH}${other}&k=${key}`);
  expect(links.magnetLink(secret)).not.toMatch(/Diary|dn=|kkk/);
  expect(links.shareLink({ ...secret, shareKey: undefined })).toMatch(/&dn=Diary$/);
});

test("magnet links name every node", () => {
  expect(decodeURIComponent(linksFor({ trackers: NODES }).magnetLink(torrent()))).toContain(
    NODES.map((url) => `tr=${url}`).join("&"),
  );
});
