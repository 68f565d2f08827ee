import { expect, test } from "vitest";
import { admittedDescription, strippedDescription } from "./session-description.ts";

const candidate = (address: string, port = 50_000, transport = "udp"): string =>
  `a=candidate:1 1 ${transport} 2113937151 ${address} ${port} typ host`;

const HEAD = ["v=0", "o=- 4611731400430051336 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0"];
const MEDIA = ["m=application 9 UDP/DTLS/SCTP webrtc-datachannel", "c=IN IP4 0.0.0.0"];
const REST = [
  "a=ice-ufrag:abcd",
  "a=ice-pwd:abcdefghijklmnopqrstuvwx",
  `a=fingerprint:sha-256 ${"AB:".repeat(31)}AB`,
  "a=setup:actpass",
  "a=mid:0",
  "a=sctp-port:5000",
  "a=max-message-size:262144",
];

function sdp(...candidates: readonly string[]): string {
  return [...HEAD, ...MEDIA, ...candidates, ...REST, ""].join("\r\n");
}

const candidatesOf = (text: string | undefined): string[] =>
  text?.split("\r\n").filter((line) => line.startsWith("a=candidate:")) ?? [];

test("keeps what a data channel needs, and nothing else", () => {
  const needed = sdp(candidate("192.0.2.1"));
  const extra = needed.replace("a=group", "a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\na=group");
  expect(strippedDescription(extra)).toBe(needed);
  expect(admittedDescription(extra.replaceAll("\r\n", "\n"))).toBe(needed);
});

test.each([
  ["nothing", ""],
  ["no media", [...HEAD, ...REST].join("\r\n")],
  ["no fingerprint", sdp().replace(/a=fingerprint.*\r\n/, "")],
  ["a camera besides", `${sdp()}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n`],
  ["lines that are too long", sdp().replace("s=-", `s=${"-".repeat(4_096)}`)],
  ["far more than a description has", "x".repeat(1_000_000)],
])("refuses %s", (_, text) => {
  expect(strippedDescription(text)).toBeUndefined();
  expect(admittedDescription(text)).toBeUndefined();
});

test("keeps at most twenty candidates", () => {
  const many = Array.from({ length: 30 }, (_, at) => candidate(`192.0.2.${at + 1}`));
  expect(candidatesOf(strippedDescription(sdp(...many)))).toEqual(many.slice(0, 20));
});

test("reads 64 KiB, and keeps 4 KiB", () => {
  const padded = (length: number): string => `${sdp()}${"x".repeat(length - sdp().length)}`;
  expect(strippedDescription(padded(65_536))).toBe(sdp());
  expect(strippedDescription(padded(65_537))).toBeUndefined();
  const kept = (length: number): string => sdp().replace("s=-", `s=${"-".repeat(length - sdp().length + 1)}`);
  expect(strippedDescription(kept(4_096))).toBe(kept(4_096));
  expect(strippedDescription(kept(4_097))).toBeUndefined();
});

test.each([
  candidate("192.0.2.1"),
  candidate("192.168.1.2"),
  candidate("fd00::2"),
  candidate("2001:db8::1", 1_024),
  candidate("fec0::1"),
  candidate("2a80::1"),
  candidate("223.255.255.1"),
  candidate("169.253.1.1"),
  candidate("192.254.1.1"),
  candidate("6f1b3a52-9d0c-4c07-8f7e-0c9d35f0a1b2.local"),
  "a=candidate:2 1 UDP 41885439 192.0.2.9 60000 typ relay raddr 0.0.0.0 rport 0",
])("admits %s", (line) => {
  expect(candidatesOf(admittedDescription(sdp(line)))).toEqual([line]);
});

test.each([
  ["this machine", candidate("127.0.0.1")],
  ["this machine over IPv6", candidate("::1")],
  ["this machine in other words", candidate("::ffff:127.0.0.1")],
  ["no machine", candidate("0.0.0.0")],
  ["no machine over IPv6", candidate("::")],
  ["a link", candidate("169.254.1.1")],
  ["a link over IPv6", candidate("fe80::1")],
  ["a link over IPv6, as few write it", candidate("fe81::1")],
  ["many machines", candidate("224.0.0.251")],
  ["many machines over IPv6", candidate("ff02::fb")],
  ["everybody", candidate("255.255.255.255")],
  ["a name on the internet", candidate("victim.example")],
  ["a name on this network that nobody made up", candidate("printer.local")],
  ["another service", candidate("192.0.2.1", 53)],
  ["the last port of other services", candidate("192.0.2.1", 1_023)],
  ["a port that is no number", "a=candidate:1 1 udp 1 192.0.2.1 x typ host"],
  ["TCP", candidate("192.0.2.1", 8_080, "tcp")],
  ["too few words", "a=candidate:1 1 udp"],
])("sends no checks to %s", (_, line) => {
  expect(candidatesOf(admittedDescription(sdp(line, candidate("192.0.2.7"))))).toEqual([
    candidate("192.0.2.7"),
  ]);
});

test.each(["\t", "\v", "\f", "\0"])("words that %j parts hide no candidate", (part) => {
  const hidden = `a=candidate:1 1 udp 1 127.0.0.1 50000 typ host`.replaceAll(" ", part);
  const decoy = `${hidden}${part}x x udp x 192.0.2.7 50000 typ host`;
  expect(candidatesOf(admittedDescription(sdp(decoy)))).toEqual([]);
  expect(admittedDescription(sdp(`a=ice-options:${part}x`))).not.toContain(part);
});

test("a lone carriage return hides no candidate", () => {
  const hidden = sdp().replace("s=-", `s=-\r${candidate("127.0.0.1")}`);
  expect(candidatesOf(admittedDescription(hidden))).toEqual([]);
});

test("a description whose password no line keeps is none", () => {
  const broken = sdp("").replace(/(a=ice-pwd:\S{4})/, "$1\u0001");
  expect(broken).toContain("\u0001");
  expect(admittedDescription(broken)).toBeUndefined();
});
