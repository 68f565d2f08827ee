import { expect, test } from "vitest";
import { parseLink } from "#shared/meta/read-link.ts";
import { linkOutOfReach } from "./link-reach.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const SECURE = { protocol: "https:", hostname: "here.example" };
const PLAIN = { protocol: "http:", hostname: "here.example" };
const magnet = (...trackers: string[]): string =>
  `magnet:?xt=urn:btih:${HASH}${trackers.map((url) => `&tr=${url}`).join("")}`;

test.each([
  [`http://there.example:8000/#${HASH}`, "there.example:8000", "open the link itself in a new tab"],
  [magnet("udp://a.example:80", "ws://there.example/"), "there.example", "on a page that is on plain http"],
])("on https, %j leads where the page may not ask, and the person hears what to do", (link, host, next) => {
  const sentence = linkOutOfReach(parseLink(link), SECURE);
  expect(sentence).toContain(`leads to ${host}, which is on plain http`);
  expect(sentence).toContain(next);
  expect(linkOutOfReach(parseLink(link), PLAIN)).toBeUndefined();
});

test.each([
  `https://there.example/#${HASH}`,
  `http://there.example/#${HASH}&tr=wss://other.example/`,
  `http://here.example:8000/#${HASH}`,
  magnet("ws://there.example/", "wss://other.example/"),
  magnet("udp://a.example:80"),
  HASH,
])("on https, %j is in reach, or names nothing for browsers", (link) => {
  expect(linkOutOfReach(parseLink(link), SECURE)).toBeUndefined();
});
