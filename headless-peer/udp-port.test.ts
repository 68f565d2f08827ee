import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { afterEach, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { refuseUtp } from "#shared/wire/utp.ts";
import { KNOCK_MILLIS, MAX_RESETS_PER_SECOND, refuseUtpAt } from "./links/utp-refusal.ts";
import { ManualClock } from "./peer.test-support.ts";
import { UdpPort } from "./udp-port.ts";

const SYN = Buffer.from("4100c0de0001e2400000000000100000beef0000", "hex");

const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

async function freePort(): Promise<number> {
  const socket = createSocket("udp4").bind(0);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  return port;
}

async function openPort(host: string | undefined, port: number): Promise<UdpPort> {
  const opened = await UdpPort.open(host, port);
  closings.push(() => opened.close());
  return opened;
}

function caller(type: "udp4" | "udp6"): { socket: Socket; heard: Buffer[] } {
  const socket = createSocket(type);
  closings.push(() => socket.close());
  const heard: Buffer[] = [];
  socket.on("message", (packet) => heard.push(packet));
  return { socket, heard };
}

test.each([
  ["udp4", "127.0.0.1"],
  ["udp6", "::1"],
] as const)(
  "a client that tries uTP over %s is refused, and nothing else is answered",
  async (type, host) => {
    const port = await freePort();
    refuseUtpAt(await openPort(undefined, port), new ManualClock(), () => {});
    const { socket, heard } = caller(type);
    socket.send("d1:ad2:id20:01234567890123456789e1:q4:ping1:t1:a1:y1:qe", port, host);
    socket.send(SYN, port, host);
    await eventually(() => expect(heard).toHaveLength(1));
    expect(new Uint8Array(heard[0] ?? [])).toEqual(refuseUtp(SYN));
  },
);

test("the number of resets in a second is limited", async () => {
  const port = await freePort();
  const clock = new ManualClock();
  refuseUtpAt(await openPort("127.0.0.1", port), clock, () => {});
  const { socket, heard } = caller("udp4");
  for (let sent = 0; sent < MAX_RESETS_PER_SECOND + 10; sent++) socket.send(SYN, port, "127.0.0.1");
  await eventually(() => expect(heard).toHaveLength(MAX_RESETS_PER_SECOND));
  clock.pass(1_000);
  socket.send(SYN, port, "127.0.0.1");
  await eventually(() => expect(heard).toHaveLength(MAX_RESETS_PER_SECOND + 1));
});

test("the first knock is reported at once, and later ones at most every half minute", async () => {
  const port = await freePort();
  const clock = new ManualClock();
  const knocked = vi.fn();
  refuseUtpAt(await openPort("127.0.0.1", port), clock, knocked);
  const { socket, heard } = caller("udp4");
  const knock = async (): Promise<number> => {
    const before = heard.length;
    socket.send(SYN, port, "127.0.0.1");
    await eventually(() => expect(heard).toHaveLength(before + 1));
    return knocked.mock.calls.length;
  };
  expect(await knock()).toBe(1);
  clock.pass(KNOCK_MILLIS - 1);
  expect(await knock()).toBe(1);
  clock.pass(1);
  expect(await knock()).toBe(2);
});

test("a packet that claims to come from port 0, where nothing can be sent, is ignored", async () => {
  const port = await freePort();
  const opened = await openPort("127.0.0.1", port);
  const heard = vi.fn();
  refuseUtpAt(opened, new ManualClock(), heard);
  // Only a raw socket can send one, so the test hands it over as Node would.
  const from = { address: "127.0.0.1", family: "IPv4", port: 0, size: SYN.length };
  expect(() => opened.ipv4?.emit("message", SYN, from)).not.toThrow();
  expect(heard).not.toHaveBeenCalled();
});

test("it works without a port that is in use", async () => {
  const port = await freePort();
  await openPort("127.0.0.1", port);
  expect((await openPort("127.0.0.1", port)).ipv4).toBeUndefined();
});
