import { expect, test } from "vitest";
import { ownTracker, readPageConfig } from "./page-config.ts";

/** As much of a page's address as is looked at. */
function at(href: string): Location {
  const { protocol, hostname, host } = new URL(href);
  return { href, protocol, hostname, host } as Location;
}

test("a page that was opened at this machine's own address makes links with the tracker's", () => {
  const said = { pageUrl: "http://192.168.1.5:8000/" };
  expect(readPageConfig(said, at("http://localhost:8000/")).pageUrl).toBe("http://192.168.1.5:8000/");
  expect(readPageConfig(said, at("http://127.0.0.1:8000/")).pageUrl).toBe("http://192.168.1.5:8000/");
  expect(readPageConfig(said, at("https://share.example.org/x")).pageUrl).toBe("https://share.example.org/");
});

test("an address that no browser opens is not put into links", () => {
  const { pageUrl } = readPageConfig({ pageUrl: "javascript:alert(1)" }, at("http://localhost:8000/"));
  expect(pageUrl).toBe("http://localhost:8000/");
});

test("what is missing or malformed is left out", () => {
  for (const said of [undefined, null, 7, "text", [], { trackers: 1, iceServers: [1, {}, { urls: [2] }] }]) {
    expect(readPageConfig(said, at("http://a:8000/"))).toEqual({
      pageUrl: "http://a:8000/",
      trackers: [],
      iceServers: [],
    });
  }
});

test("the page's own tracker is where the page came from", () => {
  expect(ownTracker(at("http://a:8000/x"))).toBe("ws://a:8000/announce");
  expect(ownTracker(at("https://a/"))).toBe("wss://a/announce");
});
