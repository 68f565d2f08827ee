import { expect, test } from "vitest";
import { ownTracker, readPageConfig } from "./page-config.ts";

/** The parts of a page's address that the code reads. */
function at(href: string): Location {
  const { protocol, hostname, host } = new URL(href);
  return { href, protocol, hostname, host } as Location;
}

test("a page opened on localhost puts the tracker's address into its links", () => {
  const said = { pageUrl: "http://192.168.1.5:8000/" };
  expect(readPageConfig(said, at("http://localhost:8000/")).pageUrl).toBe("http://192.168.1.5:8000/");
  expect(readPageConfig(said, at("http://127.0.0.1:8000/")).pageUrl).toBe("http://192.168.1.5:8000/");
  expect(readPageConfig(said, at("https://share.example.org/x")).pageUrl).toBe("https://share.example.org/");
});

test("links never contain an address that no browser opens", () => {
  const { pageUrl } = readPageConfig({ pageUrl: "javascript:alert(1)" }, at("http://localhost:8000/"));
  expect(pageUrl).toBe("http://localhost:8000/");
});

test("missing and malformed values are left out", () => {
  for (const said of [undefined, null, 7, "text", [], { trackers: 1, iceServers: [1, {}, { urls: [2] }] }]) {
    expect(readPageConfig(said, at("http://a:8000/"))).toEqual({
      pageUrl: "http://a:8000/",
      trackers: [],
      iceServers: [],
      catalog: false,
      nearby: false,
      trust: false,
    });
  }
});

test("the page's own tracker is at the page's address", () => {
  expect(ownTracker(at("http://a:8000/x"))).toBe("ws://a:8000/announce");
  expect(ownTracker(at("https://a/"))).toBe("wss://a/announce");
});
