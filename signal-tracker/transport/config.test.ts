import { describe, expect, test, vi } from "vitest";
import { formatIp, type IpAddress, parseIp } from "#shared/base/ip.ts";
import { lanAddresses, networkOf } from "./addresses.ts";
import { type Arrival, machineIp, publicConfig, type Reach } from "./config.ts";

vi.mock(import("node:os"), async (original) => {
  const one = (address: string, internal = false) => ({
    address,
    internal,
    netmask: "",
    mac: "",
    cidr: null,
    family: "IPv4" as const,
  });
  return {
    ...(await original()),
    networkInterfaces: () => ({
      lo: [one("127.0.0.1", true), one("::1", true)],
      en0: [one("fe80::1"), one("fd00::5"), one("192.168.1.5")],
      en1: [one("169.254.9.9"), one("10.0.0.7")],
    }),
  };
});

const EVERYWHERE: Reach = {
  boundAddress: "0.0.0.0",
  port: 8000,
  publicUrl: undefined,
  trackerId: "0123456789abcdef",
  stun: true,
  iceServers: [],
};
const LOCAL_BROWSER: Arrival = { host: "localhost:8000", localAddress: "127.0.0.1", isForwarded: false };

test("LAN addresses are those that other machines reach: IPv4 first, IPv6 only if the tracker listens on it", () => {
  expect(lanAddresses("0.0.0.0")).toEqual(["192.168.1.5", "10.0.0.7"]);
  expect(lanAddresses("::")).toEqual(["192.168.1.5", "10.0.0.7", "fd00::5"]);
  expect(lanAddresses("10.0.0.7")).toEqual(["10.0.0.7"]);
  expect(lanAddresses("127.0.0.1")).toEqual([]);
});

describe("the address for links", () => {
  test.each([
    ["0.0.0.0", undefined, "http://192.168.1.5:8000/", "ws://192.168.1.5:8000/"],
    ["127.0.0.1", undefined, "http://127.0.0.1:8000/", "ws://127.0.0.1:8000/"],
    ["::1", undefined, "http://[::1]:8000/", "ws://[::1]:8000/"],
    ["fd00::5", undefined, "http://[fd00::5]:8000/", "ws://[fd00::5]:8000/"],
    ["127.0.0.1", "https://share.example.org", "https://share.example.org/", "wss://share.example.org/"],
    ["0.0.0.0", "http://box:9000", "http://box:9000/", "ws://box:9000/"],
  ])(
    "bound to %s with public URL %s is %s, and so are the trackers",
    (boundAddress, publicText, pageUrl, tracker) => {
      const publicUrl = publicText === undefined ? undefined : new URL(publicText);
      const config = publicConfig({ ...EVERYWHERE, boundAddress, publicUrl }, LOCAL_BROWSER);
      expect(config).toMatchObject({
        pageUrl,
        trackers: [tracker, `${pageUrl}announce`],
        trackerId: "0123456789abcdef",
        accounts: false,
      });
    },
  );
});

describe("the STUN server's address", () => {
  const named = (reach: Partial<Reach>, arrival: Partial<Arrival>): readonly string[] =>
    publicConfig({ ...EVERYWHERE, ...reach }, { ...LOCAL_BROWSER, ...arrival }).iceServers.map(
      ({ urls }) => urls,
    );

  test("is the first LAN address, never loopback, for a browser on the same machine", () => {
    expect(named({}, {})).toEqual(["stun:192.168.1.5:8000"]);
    expect(named({}, { host: "127.0.0.1:8000" })).toEqual(["stun:192.168.1.5:8000"]);
    expect(named({}, { host: "lan.test:8000" })).toEqual(["stun:192.168.1.5:8000"]);
    expect(named({ boundAddress: "::" }, { host: "[::1]:8000", localAddress: "::1" })).toEqual([
      "stun:192.168.1.5:8000",
    ]);
  });

  test("is the LAN address that the browser connected to", () => {
    expect(named({}, { host: "10.0.0.7:8000", localAddress: "10.0.0.7" })).toEqual(["stun:10.0.0.7:8000"]);
    expect(named({}, { host: "box:8000", localAddress: "::ffff:10.0.0.7" })).toEqual(["stun:10.0.0.7:8000"]);
    expect(named({ boundAddress: "::" }, { host: "[fd00::5]:8000", localAddress: "fd00::5" })).toEqual([
      "stun:[fd00::5]:8000",
    ]);
  });

  test("is the public name if the browser came by that name or through a proxy", () => {
    const publicUrl = new URL("https://share.example.org");
    const host = "share.example.org";
    expect(named({ publicUrl }, { host, isForwarded: true })).toEqual(["stun:share.example.org:8000"]);
    expect(named({ publicUrl }, { host, localAddress: "10.0.0.7" })).toEqual(["stun:share.example.org:8000"]);
    expect(named({ publicUrl: new URL("http://localhost:8000") }, { isForwarded: true })).toEqual([]);
  });

  test("is left out if there is no STUN server or only loopback is bound", () => {
    expect(named({ stun: false }, {})).toEqual([]);
    expect(named({ boundAddress: "127.0.0.1" }, {})).toEqual([]);
    expect(named({ boundAddress: "::1" }, { host: "[::1]:8000" })).toEqual([]);
  });

  test("ignores a Host header that names loopback or nothing", () => {
    for (const host of [undefined, "", "[::1]:8000", "127.9.9.9", "a b", "//"]) {
      expect(named({}, { host })).toEqual(["stun:192.168.1.5:8000"]);
    }
  });

  test("comes before the operator's own servers", () => {
    const turn = { urls: "turn:turn.example.org", username: "me", credential: "secret" };
    expect(publicConfig({ ...EVERYWHERE, iceServers: [turn] }, LOCAL_BROWSER).iceServers).toEqual([
      { urls: "stun:192.168.1.5:8000" },
      turn,
    ]);
  });
});

describe("the address that other machines get for this one", () => {
  const known = (reach: Partial<Reach>, localAddress: string | undefined): string | undefined => {
    const ip = machineIp({ ...EVERYWHERE, ...reach }, localAddress);
    return ip === undefined ? undefined : formatIp(ip);
  };

  test("is the public URL's, if that is an IP address that others can reach", () => {
    const publicUrl = new URL("http://203.0.113.9:8000");
    expect(known({ publicUrl }, "10.0.0.7")).toBe("203.0.113.9");
    expect(known({ publicUrl: new URL("http://[2001:db8::9]") }, "10.0.0.7")).toBe("2001:db8::9");
    expect(known({ publicUrl: new URL("https://share.example.org") }, "10.0.0.7")).toBe("10.0.0.7");
    expect(known({ publicUrl: new URL("http://127.0.0.1:8000") }, "10.0.0.7")).toBe("10.0.0.7");
  });

  test("is the one that the client connected to", () => {
    expect(known({}, "::ffff:10.0.0.7")).toBe("10.0.0.7");
    expect(known({ boundAddress: "::" }, "fd00::5")).toBe("fd00::5");
  });

  test("is the first LAN address for a client that came through a proxy", () => {
    expect(known({}, "127.0.0.1")).toBe("192.168.1.5");
    expect(known({ boundAddress: "127.0.0.1" }, "127.0.0.1")).toBe("192.168.1.5");
    expect(known({ boundAddress: "10.0.0.7" }, undefined)).toBe("10.0.0.7");
  });
});

test("each IPv4 address is a network, so is each IPv6 /64, and loopback belongs to none", () => {
  const network = (text: string) => networkOf(parseIp(text) as IpAddress);
  expect(network("192.168.1.5")).not.toBe(network("192.168.1.6"));
  expect(network("::ffff:192.168.1.5")).toBe(network("192.168.1.5"));
  expect(network("2001:db8:0:1::5")).toBe(network("2001:db8:0:1:ffff::9"));
  expect(network("2001:db8:0:1::5")).not.toBe(network("2001:db8:0:2::5"));
  for (const loopback of ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"]) {
    expect(network(loopback)).toBeUndefined();
  }
});
