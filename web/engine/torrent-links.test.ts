import { expect, test } from "vitest";
import { parseInfoHash } from "#shared/base/ids.ts";
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

test("magnet links name every node", () => {
  expect(decodeURIComponent(linksFor({ trackers: NODES }).magnetLink(torrent()))).toContain(
    NODES.map((url) => `tr=${url}`).join("&"),
  );
});
