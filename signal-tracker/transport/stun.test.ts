import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import fc from "fast-check";
import { pino } from "pino";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { millis } from "#shared/base/ids.ts";
import { testTracker } from "../core/tracker.test-support.ts";
import { MemorySwarmStore } from "../store/memory/swarm-store.ts";
import { ConnectionIds } from "./connection-ids.ts";
import { TrackerCounters } from "./counters.ts";
import { MinuteCounts } from "./minute-counts.ts";
import { answerBinding, isStun } from "./stun.ts";
import { openUdp, type UdpOptions, type UdpServer } from "./udp.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");

const HEADER = "2112a442 b7e7a701bc34d686fa87dfae"; // Magic cookie and transaction id of RFC 5769.
const BARE_REQUEST = hex(`0001 0000 ${HEADER}`);
/** RFC 5769 section 2.1: what a WebRTC peer sends another one, with PRIORITY, which no STUN server knows. */
const RFC_5769_REQUEST = hex(`0001 0058 ${HEADER}
  8022 0010 5354554e207465737420636c69656e74
  0024 0004 6e0001ff
  8029 0008 932ff9b151263b36
  0006 0009 6576746a3a68367659202020
  0008 0014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2
  8028 0004 e57a3bcf`);
/** From RFC 5769 sections 2.2 and 2.3. */
const XOR_MAPPED_IPV4 = "0020 0008 0001 a147 e112a643";
const XOR_MAPPED_IPV6 = "0020 0014 0002 a147 0113a9faa5d3f179bc25f4b5bed2b9d9";

test("an IPv4 client gets its address as in RFC 5769", () => {
  expect(answerBinding(BARE_REQUEST, "192.0.2.1", 32853)).toEqual(
    hex(`0101 000c ${HEADER} ${XOR_MAPPED_IPV4}`),
  );
});

test("an IPv4 client on an IPv6 socket gets its IPv4 address", () => {
  expect(answerBinding(BARE_REQUEST, "::ffff:192.0.2.1", 32853)).toEqual(
    hex(`0101 000c ${HEADER} ${XOR_MAPPED_IPV4}`),
  );
});

test("an IPv6 client gets its address as in RFC 5769, without a zone", () => {
  for (const address of [
    "2001:db8:1234:5678:11:2233:4455:6677",
    "2001:db8:1234:5678:11:2233:4455:6677%eth0",
  ]) {
    expect(answerBinding(BARE_REQUEST, address, 32853)).toEqual(
      hex(`0101 0018 ${HEADER} ${XOR_MAPPED_IPV6}`),
    );
  }
});

test("a shortened IPv6 address is padded with zeros", () => {
  const zeroMasked = Buffer.concat([hex("0020 0014 0002 a147"), hex(HEADER)]);
  zeroMasked.writeUInt8(zeroMasked.readUInt8(23) ^ 1, 23);
  expect(answerBinding(BARE_REQUEST, "::1", 32853)?.subarray(20)).toEqual(zeroMasked);
});

test("a request with a fingerprint gets an answer with one", () => {
  const request = hex(`0001 0008 ${HEADER} 8028 0004 ${crc("0001 0008")}`);
  const answer = answerBinding(request, "192.0.2.1", 32853);
  const expected = `0101 0014 ${HEADER} ${XOR_MAPPED_IPV4}`;
  expect(answer).toEqual(hex(`${expected} 8028 0004 ${crc("0101 0014", XOR_MAPPED_IPV4)}`));
});

test("the request of RFC 5769 has a valid fingerprint and is refused for the one attribute we do not know", () => {
  const answer = answerBinding(RFC_5769_REQUEST, "192.0.2.1", 32853);
  const errorCode = "0009 0004 00000414";
  const unknown = "000a 0002 0024 0000";
  expect(answer?.subarray(0, -8)).toEqual(hex(`0111 0018 ${HEADER} ${errorCode} ${unknown}`));
});

test("optional attributes and those of accounts are ignored", () => {
  const username = "0006 0003 616263 00";
  const software = "8022 0004 74657374";
  const request = hex(`0001 0010 ${HEADER} ${username} ${software}`);
  expect(answerBinding(request, "192.0.2.1", 32853)).toEqual(hex(`0101 000c ${HEADER} ${XOR_MAPPED_IPV4}`));
});

test.each([
  ["a response", hex(`0101 0000 ${HEADER}`)],
  ["an indication", hex(`0011 0000 ${HEADER}`)],
  ["a request with another cookie", hex("0001 0000 2112a443 b7e7a701bc34d686fa87dfae")],
  ["a connect request of BEP 15", hex("0000041727101980 00000000 12345678")],
  ["a length that is not the datagram's", hex(`0001 0004 ${HEADER}`)],
  ["a length that is not a multiple of four", hex(`0001 0002 ${HEADER} 0000`)],
  ["an attribute longer than the datagram", hex(`0001 0004 ${HEADER} 8022 0004`)],
  ["a wrong fingerprint", hex(`0001 0008 ${HEADER} 8028 0004 00000000`)],
  ["an attribute after the fingerprint", hex(`0001 000c ${HEADER} 8028 0004 ${crc("0001 000c")} 8022 0000`)],
])("%s gets no answer", (_, packet) => {
  expect(answerBinding(packet, "192.0.2.1", 32853)).toBeUndefined();
});

test("a request that claims to come from port 0 gets no answer, because Node throws when sending there", () => {
  expect(answerBinding(BARE_REQUEST, "192.0.2.1", 0)).toBeUndefined();
});

test("a truncated request gets no answer", () => {
  for (let length = 0; length < RFC_5769_REQUEST.length; length++) {
    expect(answerBinding(RFC_5769_REQUEST.subarray(0, length), "192.0.2.1", 1)).toBeUndefined();
  }
});

test("answers are as short as RFC 8489 allows, because the source address may be forged", () => {
  const unknown = hex(`0001 0004 ${HEADER} 0024 0000`);
  const lengths = [BARE_REQUEST, unknown].map((packet) => answerBinding(packet, "192.0.2.1", 1)?.length);
  expect(lengths).toEqual([20 + 12, 20 + 8 + 8]);
  expect(answerBinding(BARE_REQUEST, "2001:db8::1", 1)).toHaveLength(20 + 24);
});

test("any packet gets a STUN message or no answer, not much longer than the packet", () => {
  const packets = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.uint8Array({ maxLength: 120 }).map((bytes) => {
      const body = Buffer.from(bytes.subarray(0, bytes.length & ~3));
      const header = Buffer.from(BARE_REQUEST);
      header.writeUInt16BE(body.length, 2);
      return Buffer.concat([header, body]);
    }),
  );
  fc.assert(
    fc.property(packets, fc.ipV6(), fc.nat(65_535), (packet, address, port) => {
      const answer = answerBinding(packet, address, port);
      if (answer === undefined) return;
      expect(isStun(answer)).toBe(true);
      expect(answer.length).toBeLessThanOrEqual(packet.length + 24);
    }),
    { numRuns: 1_000 },
  );
});

const OPTIONS: UdpOptions = {
  log: pino({ level: "silent" }),
  stun: true,
  counters: new TrackerCounters(),
  tracker: testTracker(new MemorySwarmStore()),
  now: () => millis(0),
  minuteCounts: new MinuteCounts(10),
  unprovedCounts: new MinuteCounts(10),
  connectionIds: new ConnectionIds(new Uint8Array(32), () => 0),
  networkOf: () => undefined,
  machineIp: () => undefined,
};
let server: UdpServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

test.each(["127.0.0.1", "::1"])(
  "over a real socket on %s a client learns its own address and port",
  async (address) => {
    const port = await freePort(address);
    server = await openUdp(address, port, OPTIONS);
    const client = createSocket(address === "::1" ? "udp6" : "udp4");
    try {
      client.bind(0, address);
      await once(client, "listening");
      const answered = once(client, "message");
      client.send("not a STUN message", port, address);
      client.send(BARE_REQUEST, port, address);
      const [answer] = await answered;
      expect(answer).toEqual(answerBinding(BARE_REQUEST, address, client.address().port));
    } finally {
      client.close();
    }
  },
);

test("a network over its limit of answers per minute gets no more, and others still do", async () => {
  const port = await freePort("127.0.0.1");
  let seconds = 0;
  server = await openUdp("127.0.0.1", port, {
    ...OPTIONS,
    now: () => millis(60_000 + seconds * 1_000),
    unprovedCounts: new MinuteCounts(3),
    networkOf: (ip) => ip,
  });
  const [greedy, other] = await Promise.all(["127.0.0.2", "127.0.0.3"].map(boundClient));
  if (greedy === undefined || other === undefined) throw new Error("no clients");
  let answers = 0;
  greedy.on("message", () => {
    answers += 1;
  });
  for (let time = 0; time < 5; time++) greedy.send(BARE_REQUEST, port, "127.0.0.1");
  other.send(BARE_REQUEST, port, "127.0.0.1");
  await once(other, "message"); // Loopback keeps the order, so all five have been read.
  await expect.poll(() => answers).toBe(3);
  seconds = 60;
  greedy.send(BARE_REQUEST, port, "127.0.0.1");
  await expect.poll(() => answers).toBe(4);
});

async function boundClient(address: string): Promise<Socket> {
  const client = createSocket("udp4");
  onTestFinished(() => void client.close());
  client.bind(0, address);
  await once(client, "listening");
  return client;
}

async function freePort(address: string): Promise<number> {
  const probe = createServer().listen(0, address);
  await once(probe, "listening");
  const bound = probe.address();
  probe.close();
  await once(probe, "close");
  if (typeof bound !== "object" || bound === null) throw new Error("no port");
  return bound.port;
}

/** A fingerprint computed bit by bit over the start of one of our messages and its attributes. */
function crc(start: string, attributes = ""): string {
  let register = 0xffffffff;
  for (const byte of hex(`${start} ${HEADER} ${attributes}`)) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ (register & 1 ? 0xedb88320 : 0);
  }
  return ((~register ^ 0x5354554e) >>> 0).toString(16).padStart(8, "0");
}
