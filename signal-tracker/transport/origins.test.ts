import { describe, expect, test } from "vitest";
import { Origins } from "./origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "./proxies.ts";

interface Asked {
  readonly host?: string;
  readonly remoteAddress?: string;
  readonly proto?: string;
  readonly encrypted?: boolean;
}

function asked({ host = "tracker.lan:8000", remoteAddress = "192.0.2.7", proto, encrypted }: Asked = {}) {
  const headers = { host, ...(proto !== undefined && { "x-forwarded-proto": proto }) };
  return { headers, socket: { remoteAddress, encrypted } } as never;
}

function origins(publicUrl?: string, allowedOrigins: readonly string[] = []): Origins {
  const proxies = new Proxies(LOOPBACK_PROXIES);
  return new Origins({
    publicUrl: publicUrl === undefined ? undefined : new URL(publicUrl),
    allowedOrigins,
    proxies,
  });
}

test("the page that came from the asked host is the tracker's own, on its port only", () => {
  expect(origins().isOwn("http://tracker.lan:8000", asked())).toBe(true);
  expect(origins().isOwn("http://tracker.lan", asked({ host: "tracker.lan:80" }))).toBe(true);
  expect(origins().isOwn("http://[::1]:8000", asked({ host: "[::1]:8000" }))).toBe(true);
  expect(origins().isOwn("http://tracker.lan:9000", asked())).toBe(false);
});

test.each([
  "null",
  "",
  "tracker.lan:8000",
  "http://tracker.lan:8000/",
  "http://tracker.lan:8000@evil.example",
  "http://evil.example",
  "http://tracker.lan.evil.example:8000",
  "file://",
])("%j is not its own", (origin) => {
  expect(origins("https://share.example.org", ["https://files.example.org"]).isOwn(origin, asked())).toBe(
    false,
  );
});

test("the public URL's page is its own, whatever host the proxy asks for", () => {
  const asks = asked({ host: "127.0.0.1:8000", remoteAddress: "127.0.0.1" });
  expect(origins("https://share.example.org").isOwn("https://share.example.org", asks)).toBe(true);
  expect(origins("https://share.example.org").isOwn("http://share.example.org", asks)).toBe(false);
});

test("sites that the operator trusts may act, others may not", () => {
  const trusting = origins(undefined, ["https://files.example.org"]);
  expect(trusting.isOwn("https://files.example.org", asked())).toBe(true);
  expect(trusting.isAllowed("https://files.example.org")).toBe(true);
  expect(trusting.isAllowed("http://tracker.lan:8000")).toBe(false);
});

describe("over https", () => {
  test("a page in plain http is not its own", () => {
    const host = "tracker.lan";
    expect(origins().isOwn("http://tracker.lan", asked({ host, encrypted: true }))).toBe(false);
    expect(origins().isOwn("https://tracker.lan", asked({ host, encrypted: true }))).toBe(true);
  });

  test("a page behind a proxy that does not say so is its own", () => {
    const asks = asked({ host: "tracker.lan", remoteAddress: "127.0.0.1" });
    expect(origins().isOwn("https://tracker.lan", asks)).toBe(true);
  });
});

describe("whether a client speaks https", () => {
  const proxies = new Proxies(LOOPBACK_PROXIES);
  test.each([
    [true, { encrypted: true }],
    [false, {}],
    [false, { remoteAddress: "192.0.2.7", proto: "https" }],
    [true, { remoteAddress: "127.0.0.1", proto: "https" }],
    [true, { remoteAddress: "127.0.0.1", proto: "https, http" }],
    [false, { remoteAddress: "127.0.0.1", proto: "http" }],
    [false, { remoteAddress: "127.0.0.1" }],
  ] as const)("%s for %j", (isHttps, how) => {
    expect(proxies.isHttps(asked(how))).toBe(isHttps);
  });
});
