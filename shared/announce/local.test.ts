import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { binaryStringToBytes, bytesToBinaryString } from "../base/bytes.ts";
import { type InfoHash, parseInfoHash } from "../base/ids.ts";
import { decodeLocalCall, encodeLocalCall, type LocalCall, MAX_LOCAL_BYTES } from "./local.ts";

const ONE = "0123456789abcdef0123456789abcdef01234567" as InfoHash;
const TWO = "ff".repeat(20) as InfoHash;

const KNOWN = [
  "BT-SEARCH * HTTP/1.1",
  "Host: 239.192.152.143:6771",
  "Port: 6881",
  `Infohash: ${ONE}`,
  `Infohash: ${TWO}`,
  "cookie: 1a2b3c4d",
  "",
  "",
  "",
].join("\r\n");

const CALL: LocalCall = { port: 6881, cookie: "1a2b3c4d", infoHashes: [ONE, TWO] };

function decode(text: string): LocalCall | undefined {
  return decodeLocalCall(binaryStringToBytes(text) as Uint8Array);
}

/** The known packet with one line changed. */
function altered(line: string | RegExp, changed: string): LocalCall | undefined {
  const text = KNOWN.replace(line, changed);
  expect(text).not.toBe(KNOWN);
  return decode(text);
}

test("encodes a call as in BEP 14, for both families", () => {
  expect(encodeLocalCall(CALL, "ipv4").map(bytesToBinaryString)).toEqual([KNOWN]);
  expect(encodeLocalCall(CALL, "ipv6").map(bytesToBinaryString)).toEqual([
    KNOWN.replace("239.192.152.143", "[ff15::efc0:988f]"),
  ]);
});

test("decodes the same bytes to the same call", () => {
  expect(decode(KNOWN)).toEqual(CALL);
});

test("accepts a packet without a cookie, and one that ends with a single empty line", () => {
  expect(altered("cookie: 1a2b3c4d\r\n", "")).toEqual({ ...CALL, cookie: undefined });
  expect(decode(KNOWN.slice(0, -2))).toEqual(CALL);
});

test("header names and hex digits may be in any case", () => {
  expect(
    decode(KNOWN.replaceAll("Infohash", "INFOHASH").replace("Port", "port").replace(ONE, ONE.toUpperCase())),
  ).toEqual(CALL);
});

test("rejects every truncation", () => {
  for (let length = 0; length < KNOWN.length - 2; length++)
    expect(decode(KNOWN.slice(0, length)), `${length} bytes`).toBeUndefined();
});

describe("rejects a malformed packet, or leaves out the malformed part", () => {
  test.each([
    ["another method", "BT-SEARCH", "M-SEARCH"],
    ["another version", "HTTP/1.1", "HTTP/2"],
    ["no port", "Port: 6881\r\n", ""],
    ["two ports", "Port: 6881", "Port: 6881\r\nPort: 6882"],
    ["port 0", "6881", "0"],
    ["a port too high", "6881", "65536"],
    ["a port with many digits", "6881", "000006881"],
    ["a negative port", "6881", "-1"],
    ["a port in other digits", "6881", "0x1AE1"],
    ["no info-hash", /Infohash: .*\r\nInfohash: .*\r\n/, ""],
    ["bare line feeds", /\r/g, ""],
    ["an empty line before the port", "Port", "\r\nPort"],
  ])("%s", (_, line, changed) => {
    expect(altered(line, changed)).toBeUndefined();
  });

  test("an info-hash of the wrong length, or without digits", () => {
    expect(altered(TWO, `${TWO}00`)).toEqual({ ...CALL, infoHashes: [ONE] });
    expect(altered(TWO, TWO.slice(1))).toEqual({ ...CALL, infoHashes: [ONE] });
    expect(altered(TWO, "zz".repeat(20))).toEqual({ ...CALL, infoHashes: [ONE] });
  });

  test("a repeated info-hash", () => {
    expect(altered(TWO, ONE)).toEqual({ ...CALL, infoHashes: [ONE] });
  });

  test("unknown headers, and lines that are not headers", () => {
    expect(altered("Port", "Location: http://x\r\nnonsense\r\n\xff: \xff\r\nPort")).toEqual(CALL);
  });

  test("a cookie that is too long", () => {
    expect(altered("1a2b3c4d", "x".repeat(101))).toEqual({ ...CALL, cookie: undefined });
  });
});

test("rejects a packet that is too long", () => {
  const padded = (bytes: number): string => KNOWN.padEnd(bytes, "x");
  expect(decode(padded(MAX_LOCAL_BYTES))).toEqual(CALL);
  expect(decode(padded(MAX_LOCAL_BYTES + 1))).toBeUndefined();
});

const infoHashes = fc.uniqueArray(
  fc
    .uint8Array({ minLength: 20, maxLength: 20 })
    .map(
      (bytes) =>
        parseInfoHash([...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("")) as InfoHash,
    ),
  { minLength: 1, maxLength: 100 },
);

test("any number of torrents survives a round trip through short packets", () => {
  fc.assert(
    fc.property(infoHashes, fc.integer({ min: 1, max: 65_535 }), (hashes, port) => {
      const packets = encodeLocalCall({ port, cookie: "1a2b3c4d", infoHashes: hashes }, "ipv6");
      expect(Math.max(...packets.map(({ length }) => length))).toBeLessThanOrEqual(MAX_LOCAL_BYTES);
      expect(packets.length).toBe(Math.ceil(hashes.length / 24));
      const calls = packets.map(decodeLocalCall);
      expect(calls.flatMap((call) => call?.infoHashes ?? [])).toEqual(hashes);
      expect(new Set(calls.map((call) => call?.port))).toEqual(new Set([port]));
    }),
  );
});

test("never throws, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_500 }), fc.boolean(), (bytes, isLikeOne) => {
      const prefix = isLikeOne ? "BT-SEARCH * HTTP/1.1\r\nPort: 1\r\n" : "";
      decode(prefix + bytesToBinaryString(bytes));
    }),
  );
});

test("sends no packet without torrents", () => {
  expect(encodeLocalCall({ ...CALL, infoHashes: [] }, "ipv4")).toEqual([]);
});
