import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test, vi } from "vitest";
import { RtcLink, type RtcPlatform } from "#shared/driver/rtc.ts";
import type { Routes } from "#shared/session/link-end.ts";
import { Observed, type OpenPair, testLinkContract, until } from "./link-contract.test-support.ts";
import { nodeRtc } from "./rtc.ts";

const MIB = 1024 * 1024;

/** One WebRTC link under test. */
class RtcEnd extends Observed {
  override readonly link: RtcLink;
  readonly sdp: Promise<string>;
  readonly routes: Routes[] = [];
  /** WebRTC's own objects, to do to them what no link does. */
  connection: { close(): void } | undefined;
  channel: { send(text: string): void; close(): void } | undefined;

  constructor(platform: RtcPlatform, offerSdp: string | undefined) {
    super();
    let described: (sdp: string) => void = () => {};
    this.sdp = new Promise((resolve) => {
      described = resolve;
    });
    this.link = new RtcLink(this.#watched(platform), offerSdp, {
      ...this.events,
      described,
      offered: (routes) => this.routes.push(routes),
    });
    ends.push(this.link);
  }

  #watched({ SimplePeer, wrtc, iceServers, isNearby }: RtcPlatform): RtcPlatform {
    const { RTCPeerConnection } = wrtc;
    const watch = (connection: { close(): void }): void => {
      this.connection = connection;
    };
    const keep = (channel: { send(text: string): void; close(): void }): void => {
      this.channel = channel;
    };
    class LoopbackConnection extends (RTCPeerConnection as unknown as typeof globalThis.RTCPeerConnection) {
      constructor(config: object) {
        super({ ...config, bindAddress: "127.0.0.1" } as RTCConfiguration);
        watch(this);
      }

      override createDataChannel(label: string): RTCDataChannel {
        const channel = super.createDataChannel(label);
        keep(channel);
        return channel;
      }
    }
    // With no time limit set, an offer that comes cannot have waited for it.
    const Patient = class extends (SimplePeer as new (options: object) => object) {
      constructor(options: object) {
        super({ ...options, iceCompleteTimeout: 1_000_000 });
      }
    } as unknown as RtcPlatform["SimplePeer"];
    const LoopbackWebRtc = {
      ...wrtc,
      RTCPeerConnection: LoopbackConnection,
    } as unknown as RtcPlatform["wrtc"];
    return { SimplePeer: Patient, wrtc: LoopbackWebRtc, iceServers, isNearby };
  }
}

const ends: RtcLink[] = [];
afterEach(() => {
  vi.doUnmock("node-datachannel/polyfill");
  for (const end of ends.splice(0)) end.close();
});

const platform = await nodeRtc(
  () => [],
  (reason) => {
    throw new Error(reason);
  },
);
if (platform === undefined) throw new Error("WebRTC must load on this machine");
const rtc = platform;

describe("a WebRTC link", () => {
  testLinkContract(openPair, 64 * MIB);
});

test("an offer that nobody answers waits, and closes without an event", async () => {
  const near = new RtcEnd(rtc, undefined);
  expect(await near.sdp).toContain("a=candidate:");
  expect(near.told).toEqual([]);
  near.link.close();
  expect(near.told).toEqual(["ended: undefined"]);
});

test("offers and answers hold all candidates, and do not announce more", async () => {
  const near = new RtcEnd(rtc, undefined);
  const far = new RtcEnd(rtc, await near.sdp);
  for (const sdp of [await near.sdp, await far.sdp]) {
    expect(sdp).toMatch(/a=candidate:.* 127\.0\.0\.1 /);
    expect(sdp).toContain("a=end-of-candidates");
  }
  expect(far.routes).toEqual([{ ours: ["host"], theirs: ["host"] }]);
});

const SHORT = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
const GARBAGE = [
  ["nothing", ""],
  ["a word", "garbage"],
  ["a text with zeros", "v=0\r\n\0\0\0"],
  ["an SDP without media", SHORT],
  ["an SDP without keys", `${SHORT}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n`],
  ["64 KiB of one letter", "x".repeat(65_536)],
] as const;

test.each(GARBAGE)("%s for an offer fails the negotiation", async (_, sdp) => {
  const far = new RtcEnd(rtc, sdp);
  await until(() => far.told.length > 0);
  expect(far.told).toEqual(["ended: negotiationFailed"]);
});

test.each(GARBAGE)("%s for an answer fails the negotiation", async (_, sdp) => {
  const near = new RtcEnd(rtc, undefined);
  await near.sdp;
  near.link.answer(sdp);
  await until(() => near.told.length > 0);
  expect(near.told).toEqual(["ended: negotiationFailed"]);
});

test("a peer that accepts only tiny messages is refused: each would cost a packet", async () => {
  const { near } = await negotiated((answer) =>
    answer.replace(/a=max-message-size:\d+/, "a=max-message-size:1"),
  );
  await until(() => near.told.length > 0);
  expect(near.told).toEqual(["ended: negotiationFailed"]);
});

test("a connection that ends by itself before it opens reports noRoute", async () => {
  const near = new RtcEnd(rtc, undefined);
  await near.sdp;
  near.connection?.close();
  await until(() => near.told.length > 0);
  expect(near.told).toEqual(["ended: noRoute"]);
});

test("a connection that ends by itself after it opened reports theyLeft", async () => {
  const { near, far } = await openPair();
  near.connection?.close();
  await until(() => near.told.length > 1 && far.told.length > 1);
  expect([near.told, far.told]).toEqual([
    ["opened", "ended: theyLeft"],
    ["opened", "ended: theyLeft"],
  ]);
});

test("text on the channel ends the link", async () => {
  const { near, far } = await openPair();
  near.channel?.send("text");
  await until(() => far.told.length > 1);
  expect(far.told).toEqual(["opened", "ended: theyLeft"]);
  expect(far.receivedBytes).toBe(0);
});

test("an open channel is closed by its connection alone: two threads closing it could keep the process alive", async () => {
  const { near, far } = await openPair();
  near.channel?.close();
  await new Promise(setImmediate); // The library would close it then.
  near.send(new Uint8Array(10));
  await until(() => far.receivedBytes === 10);
  near.connection?.close();
  await until(() => far.told.length > 1);
});

const ROUNDS = 4;
const LINKS_AT_ONCE = 16;

test("nothing keeps the process alive after its links are closed", { timeout: 120_000 }, async () => {
  const script = `
    import { RtcLink } from "#shared/driver/rtc.ts";
    import { nodeRtc } from "./headless-peer/links/rtc.ts";
    const rtc = await nodeRtc(() => [], console.error);
    const events = { opened() {}, nearby() {}, offered() {}, arrived() {}, drained() {}, ended() {} };
    const offered = (described) => new RtcLink(rtc, undefined, { ...events, described });
    const openPair = () => new Promise((resolve) => {
      let ends = 0;
      const opened = () => (ends += 1) === 2 && resolve(near);
      const near = new RtcLink(rtc, undefined, { ...events, opened, described(offer) {
        const far = offer.replace(/a=(candidate|end-of-candidates).*\\r\\n/g, ""); // See \`negotiated\`.
        new RtcLink(rtc, far, { ...events, opened, described: (answer) => near.answer(answer) });
      } });
    });
    await new Promise((resolve) => { const link = offered(() => { link.close(); resolve(); }); });
    for (let round = 0; round < ${ROUNDS}; round++) {
      const open = await Promise.all(Array.from({ length: ${LINKS_AT_ONCE} }, openPair));
      for (const link of open) link.close();
    }
    console.log("closed");`;
  const node = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 60_000, // Past this it is killed, and has no exit code.
  });
  let said = "";
  node.stdout.on("data", (text) => {
    said += text;
  });
  expect(await once(node, "close")).toEqual([0, null]);
  expect(said).toBe("closed\n");
});

test("ICE servers are passed on with name and credential in their URLs", async () => {
  const servers = [
    { urls: "stun:127.0.0.1:3478" },
    { urls: ["turn:127.0.0.1:3478"], username: "1700:me", credential: "a@b/c" },
  ];
  const { iceServers } =
    (await nodeRtc(
      () => servers,
      () => {},
    )) ?? {};
  expect(iceServers?.()).toEqual([
    { urls: ["stun:127.0.0.1:3478"] },
    { urls: ["turn:1700%3Ame:a%40b%2Fc@127.0.0.1:3478"] },
  ]);
});

test("without its native part there is no WebRTC, and the reason is given once", async () => {
  vi.resetModules();
  vi.doMock("node-datachannel/polyfill", () => {
    throw new Error("no binary for this machine");
  });
  const fresh = await import("./rtc.ts");
  const reasons: string[] = [];
  const explain = (reason: string): void => void reasons.push(reason);
  expect(await fresh.nodeRtc(() => [], explain)).toBeUndefined();
  expect(await fresh.nodeRtc(() => [], explain)).toBeUndefined();
  expect(reasons).toHaveLength(1);
  expect(reasons[0]).toMatch(/^WebRTC does not run on this machine, so it reaches only peers over TCP/);
});

interface RtcPair extends OpenPair {
  readonly near: RtcEnd;
  readonly far: RtcEnd;
}

/**
 * The far end does not get the near end's candidates, and learns its address when the near end connects. Otherwise it would
 * connect first, between two lines of libdatachannel (`PeerConnection::setRemoteDescription` gives the answer to ICE before it
 * notes the certificate to expect): if the near end's thread has to wait just there, it refuses the far end. That takes both on
 * one busy machine.
 */
async function negotiated(change: (answer: string) => string = (answer) => answer): Promise<RtcPair> {
  const near = new RtcEnd(rtc, undefined);
  const offer = await near.sdp;
  const far = new RtcEnd(rtc, offer.replace(/a=(candidate|end-of-candidates).*\r\n/g, ""));
  near.link.answer(change(await far.sdp));
  return { near, far };
}

async function openPair(): Promise<RtcPair> {
  const { near, far } = await negotiated();
  await until(() => near.wasOpened && far.wasOpened);
  return { near, far };
}
