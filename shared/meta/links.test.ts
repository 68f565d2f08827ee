import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProtocolError } from "../base/errors.ts";
import type { InfoHash } from "../base/ids.ts";
import { parseTrackerUrls } from "../base/tracker-url.ts";
import { findLinks, holdsLink, MAX_LINK_CHARACTERS, MAX_LINKS } from "./links.ts";
import { formatMagnet, formatShareLink } from "./magnet.ts";
import type { Link } from "./read-link.ts";

const HEX = "c9e15763f722f23e98a29decdfae341b98d53056" as InfoHash;
const BASE32 = "ZHQVOY7XELZD5GFCTXWN7LRUDOMNKMCW"; // The same 20 bytes.
const OTHER = "00112233445566778899aabbccddeeff00112233" as InfoHash;
const V2 = "caf1e1c30e81cb361b9ee167c4aa64228a7fa4fa9f6105232b28ad099f3a302e";

const [TRACKER, SECOND] = parseTrackerUrls([
  "wss://tracker.example/announce",
  "udp://other.example:6969/announce",
]);
const trackers = [TRACKER, SECOND].filter((url) => url !== undefined);
const FILM = { infoHash: HEX, displayName: "Film (2020)", trackers, webSeeds: [], selectedFiles: undefined };
const MAGNET = formatMagnet(FILM);
const SHARE = formatShareLink("https://tabs.example/", FILM);

/** The only link in a text, with nothing left out. */
function only(text: string): Link {
  const { links, leftOut } = findLinks(text);
  expect(leftOut).toEqual([]);
  expect(links).toHaveLength(1);
  return links[0] as Link;
}

const hashesIn = (text: string): string[] => findLinks(text).links.map(({ infoHash }) => infoHash);

describe.each([
  ["a magnet link", MAGNET],
  ["a share link", SHARE],
])("finds %s", (_, link) => {
  test.each([
    ["as it is", link],
    ["with whitespace around it", `  \t${link}\n\n`],
    ["copied from HTML", link.replaceAll("&", "&amp;")],
    ["copied from HTML twice", link.replaceAll("&", "&amp;amp;")],
    ["from an attribute", `<a href="${link.replaceAll("&", "&amp;")}">Film</a>`],
    ["from an attribute without quotes", `<a class=x href=${link}>Film</a>`],
    ["from Markdown", `See [the film](${link}) and enjoy.`],
    ["in angle brackets", `<${link}>`],
    ["in quotes", `"${link}"`],
    ["in quotes in running text", `He sent "${link}" to me, "again".`],
    ["in single quotes", `'${link}'`],
    ["in other quotes", `„${link}“ and “${link}” and «${link}»`],
    ["in brackets", `(${link}) or [${link}] or {${link}}`],
    ["in a code span", `run \`${link}\` now`],
    ["with a full stop", `Take ${link}.`],
    ["with a comma", `${link}, please`],
    ["with a question mark", `Have you seen ${link}?`],
    ["with words after it", `Here: ${link} (2 GB)`],
    ["with a line after it", `${link}\nThanks, Ann`],
    ["with a one-word line after it", `${link.slice(0, 60)}\n${link.slice(60)}\n\nThanks`],
    ["wrapped", link.replace(/.{72}/g, "$&\n")],
    ["wrapped, with other line ends", link.replace(/.{72}/g, "$&\r\n  ")],
    ["wrapped short", link.replace(/.{24}/g, "$&\n")],
    [
      "wrapped in a quoted email",
      `> Look:\n${link.replace(/.{50}/g, "$&\n").replace(/^/gm, "> ")}\n> Bye now`,
    ],
  ])("%s", (__, text) => {
    const { displayName = "", infoHash, trackers: read } = only(text);
    expect({ infoHash, trackers: read }).toEqual({ infoHash: HEX, trackers });
    expect(displayName).toContain("Film (2020");
    expect(holdsLink(text)).toBe(true);
  });
});

test.each([
  encodeURIComponent(MAGNET),
  encodeURIComponent(encodeURIComponent(MAGNET)),
  `#${encodeURIComponent(MAGNET)}`,
  `https://tabs.example/#${encodeURIComponent(MAGNET)}`,
  `https://search.example/url?q=${encodeURIComponent(MAGNET)}&sa=D`,
  `${HEX}${encodeURIComponent(SHARE.slice(SHARE.indexOf(HEX) + 40))}`,
  `https://tabs.example/#${encodeURIComponent(SHARE.slice(SHARE.indexOf("#") + 1))}`,
  MAGNET.replace("magnet:?", "magnet:%3F").replaceAll("=", "%3D"),
])("reads a link that was escaped as a whole: %s", (text) => {
  expect(only(text)).toMatchObject({ infoHash: HEX, trackers });
});

test.each([
  HEX,
  BASE32,
  `  ${HEX}\n`,
  `"${HEX}".`,
  `#${HEX}`,
  `This is it:\n${HEX}`,
  `magnet:?xt=urn:btih:\n${HEX}`,
  `magnet:?xt=urn:btih:${HEX.slice(0, 9)}\n${HEX.slice(9)}`,
  `magnet:?xt=urn:btih: ${HEX}`,
  `${HEX.slice(0, 20)} ${HEX.slice(20)}`,
  `https://tabs.example/#${HEX.slice(0, 9)}\n${HEX.slice(9)}`,
  `magnet:?xt=urn:btih:${HEX}\nThanks`,
  `magnet:?xt=urn:btih:${HEX} Thanks`,
])("finds an info-hash in %j", (text) => {
  expect(only(text)).toMatchObject({ infoHash: HEX, trackers: [], displayName: undefined });
});

test.each([
  `magnet:?xt=urn:btih:${HEX} magnet:?xt=urn:btih:${OTHER}`,
  `magnet:?xt=urn:btih:${HEX}magnet:?xt=urn:btih:${OTHER}`,
  `${MAGNET}\n${MAGNET.replace(HEX, OTHER)}`,
  `${SHARE}${SHARE.replace(HEX, OTHER)}`, // As a text box leaves two lines.
  `https://tabs.example/#${HEX}https://tabs.example/#${OTHER}`,
  `First ${SHARE},\nthen ${MAGNET.replace(HEX, OTHER)}.`,
  `${HEX}\n${OTHER}`,
  `1. ${MAGNET}\n2. ${MAGNET.replace(HEX, OTHER)}\n`,
])("finds all of several links: %j", (text) => {
  expect(hashesIn(text)).toEqual([HEX, OTHER]);
  expect(findLinks(text).leftOut).toEqual([]);
});

test("merges several links to the same torrent", () => {
  const [other] = parseTrackerUrls(["ws://third.example/"]);
  const { links } = findLinks(`${HEX}\nhttps://tabs.example/#${BASE32}&tr=ws://third.example\n${MAGNET}`);
  expect(links).toMatchObject([
    {
      infoHash: HEX,
      page: "https://tabs.example/",
      displayName: "Film (2020)",
      trackers: [other, ...trackers],
    },
  ]);
});

test.each([
  ["", "nothing to open"],
  [" \n ", "nothing to open"],
  ["hello", "names no torrent"],
  ["http://localhost:8000/", "names no torrent"],
  ["http://localhost:8000/#about", "names no torrent"],
  [`commit ${HEX} of Monday`, "names no torrent"],
  [HEX.slice(1), "names no torrent"],
  [`${HEX}0`, "names no torrent"],
  ["magnet:?dn=x", "names no torrent"],
  ["x".repeat(10_000_000), "too long for a link"],
  [`magnet:?xt=urn:btmh:1220${V2}`, "version 2 only"],
  [V2, "version 2 only"],
  [`http://tabs.example/#${V2}`, "version 2 only"],
  [`magnet:?xt=urn:btih:${HEX}&so=x`, "so=…"],
])("rejects a text without a link, with a sentence (%#)", (text, sentence) => {
  expect(() => findLinks(text)).toThrow(ProtocolError);
  expect(() => findLinks(text)).toThrow(sentence);
});

test.each(["", "hello", `see ${HEX} of Monday`, "https://example.org/page#chapter", `${"x".repeat(9_000)}`])(
  "%s is not a link that somebody would paste",
  (text) => {
    expect(holdsLink(text)).toBe(false);
  },
);

test("reports what it left out", () => {
  const bad = `${MAGNET}\nmagnet:?dn=x\nmagnet:?xt=urn:btmh:1220${V2}&tr=a`;
  expect(findLinks(bad).leftOut).toEqual([
    expect.stringContaining("That magnet link names no torrent."),
    expect.stringContaining("version 2 only"),
  ]);
  expect(findLinks(`${MAGNET}&tr=ftp://no&tr=also%20no&tr=`).leftOut).toEqual([
    expect.stringMatching(/Trackers left out.* 2\./),
  ]);
  expect(findLinks(`${MAGNET}&ws=http://seed.example/&ws=http://name:secret@other.example/`).leftOut).toEqual(
    ["Left out invalid web seeds: http://name:secret@other.example/."],
  );
});

test("reads a link of more than 8 kB, and cuts a text that is too long after the last whole parameter", () => {
  const many = Array.from({ length: 100 }, (_, at) => `wss://${"x".repeat(90)}.example:${at + 1}/announce`);
  const long = formatMagnet({ ...FILM, trackers: [] }) + many.map((url) => `&tr=${url}`).join("");
  expect(long.length).toBeGreaterThan(8_192);
  expect(only(long).trackers).toHaveLength(100);

  const padding = `&x=${"x".repeat(MAX_LINK_CHARACTERS - MAGNET.length - 20)}`;
  const { links, leftOut } = findLinks(`${MAGNET}${padding}&tr=wss://cut.example/announce`);
  expect(links).toMatchObject([{ infoHash: HEX, trackers }]);
  expect(leftOut).toEqual([expect.stringContaining("too long")]);
});

test("takes a limited number of links at once", () => {
  const hashes = Array.from({ length: MAX_LINKS + 3 }, (_, at) => HEX.slice(2) + (at + 10));
  const { links, leftOut } = findLinks(hashes.join("\n"));
  expect(links.map(({ infoHash }) => infoHash)).toEqual(hashes.slice(0, MAX_LINKS));
  expect(leftOut).toEqual([expect.stringContaining(`first ${MAX_LINKS}`)]);
});

const UNITS = [
  "magnet:?",
  "magnet%3A%3F",
  "xt=urn:btih:",
  "https://a/",
  "#",
  "&",
  "%",
  "%26",
  "\n",
  " ",
  ">",
  "&amp;",
];
const unit = fc.oneof(fc.constantFrom(...UNITS, HEX, "a", "btih:", '"', "(", ")", ".", "tr="), fc.string());

test("any text contains links or throws a ProtocolError", () => {
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), (parts) => {
      const text = parts.join("");
      try {
        for (const { infoHash } of findLinks(text).links) expect(infoHash).toMatch(/^[0-9a-f]{40}$/);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("no text of the maximum length takes long, whatever it repeats", () => {
  for (const part of [
    ...UNITS,
    HEX,
    `${HEX}\n`,
    "a",
    "\n&",
    "https:",
    "#a",
    "btih:",
    "'",
    "(",
    "magnet:?x\n",
    "%25",
  ]) {
    const text = part.repeat(Math.ceil(MAX_LINK_CHARACTERS / part.length));
    for (const around of [text, `magnet:?${text}x`, `magnet:?xt=urn:btih:${HEX}&dn=${text}x`]) {
      try {
        findLinks(around);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }
  }
});
