import { expect, test } from "vitest";
import { bytesToHex } from "../base/bytes.ts";
import type { PeerId } from "../base/ids.ts";
import { clientOf } from "./client-name.ts";

const peerId = (text: string): PeerId => bytesToHex(new TextEncoder().encode(text.padEnd(20, "x"))) as PeerId;

test.each([
  ["-WW0213-", "WebTorrent 2.13"],
  ["-WD0024-", "WebTorrent Desktop 0.24"],
  ["-TR3000-", "Transmission 3.00"],
  ["-TR294Z-", "Transmission 2.94"],
  ["-TR4050-", "Transmission 4.0.5"],
  ["-LT20B0-", "libtorrent 2.0.11"],
  ["-lt0D80-", "libTorrent (rTorrent) 0.13.8"],
  ["-qB4650-", "qBittorrent 4.6.5"],
  ["-DE13F0-", "Deluge 1.3.15"],
  ["-UT355W-", "µTorrent 3.5.5"],
  ["-GT0003-", "anacrolix 0.0.0.3"],
  ["-ZZ1234-", "ZZ 1.2.3.4"],
  ["A2-1-36-0-", "aria2 1.36.0"],
])("%s is %s", (id, client) => {
  expect(clientOf(peerId(id))).toBe(client);
});

test.each(["", "-TW01-", "-TW0100", "A2-1-36", "A2-x-y-z-", "M7-9-2--", "-T\u00e90100-"])(
  "%j names no client",
  (id) => {
    expect(clientOf(peerId(id))).toBe("unknown");
  },
);
