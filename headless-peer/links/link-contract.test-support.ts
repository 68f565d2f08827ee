import { createHash, randomBytes } from "node:crypto";
import { afterEach, expect, test, vi } from "vitest";
import type { Link, LinkEvents } from "#shared/driver/ports.ts";
import type { LinkEnd } from "#shared/session/link-end.ts";

/** Polls until the condition holds. The time limit is long, as machines are shared: only a hang should reach it. */
export function until(condition: () => boolean): Promise<unknown> {
  return vi.waitUntil(condition, 30_000);
}

/** One end of a link under test. It records its events. */
export class Observed {
  link: Link | undefined;
  /** In order; `arrived` and `drained` are counted instead, if in turn. */
  readonly told: string[] = [];
  receivedBytes = 0;
  readonly #received = createHash("sha256");
  /** As the session counts them: what it has sent since the link last reported its queue. */
  queuedBytes = 0;
  drainedCount = 0;
  /** How often it said that the other end is nearby. */
  nearbyCount = 0;
  /** How often it said that it began with an encrypted handshake. */
  encryptedCount = 0;
  #whenDrained = (): void => {};

  readonly events: LinkEvents = {
    opened: () => this.told.push("opened"),
    nearby: () => {
      if (!this.#isOpen) this.told.push("nearby out of turn");
      this.nearbyCount += 1;
    },
    encrypted: () => {
      if (!this.#isOpen || this.receivedBytes > 0) this.told.push("encrypted out of turn");
      this.encryptedCount += 1;
    },
    arrived: (bytes) => {
      if (!this.#isOpen) this.told.push("arrived out of turn");
      this.receivedBytes += bytes.length;
      this.#received.update(bytes);
    },
    drained: (queuedBytes) => {
      if (!this.#isOpen) this.told.push("drained out of turn");
      this.drainedCount += 1;
      this.queuedBytes = queuedBytes;
      this.#whenDrained();
    },
    ended: (reason: LinkEnd | undefined) => this.told.push(`ended: ${reason}`),
  };

  /** It has opened, and may have ended since. */
  get wasOpened(): boolean {
    return this.told[0] === "opened";
  }

  get #isOpen(): boolean {
    return this.told.length === 1 && this.wasOpened;
  }

  send(bytes: Uint8Array): void {
    this.queuedBytes += bytes.length;
    this.link?.send(bytes);
  }

  /** Sends runs of any length, no more at a time than the session would queue. */
  async sendAll(bytes: Uint8Array): Promise<void> {
    let run = 0;
    for (let at = 0; at < bytes.length; ) {
      while (this.queuedBytes < ROOM_BYTES && at < bytes.length) {
        const end = at + (RUN_BYTES[run++ % RUN_BYTES.length] ?? 0);
        this.send(bytes.subarray(at, end));
        at = end;
      }
      await new Promise<void>((resolve) => {
        this.#whenDrained = resolve;
      });
    }
  }

  /** SHA-256 of all that has arrived. */
  receivedHash(): string {
    return this.#received.copy().digest("hex");
  }
}

/** Both ends of an open link. */
export interface OpenPair {
  readonly near: Observed;
  readonly far: Observed;
}

/** The default of `linkHighWaterBytes` in the session's config. */
const ROOM_BYTES = 1024 * 1024;
/** Lengths that straddle whatever units a link cuts its stream into. */
const RUN_BYTES = [13, 16_384, 1, 0, 65_536, 17, 65_537, 100_000, 68, 262_145];

/** What every kind of link promises (`Link` and `LinkEvents`). `open` connects two ends. */
export function testLinkContract(open: () => Promise<OpenPair>, streamBytes: number): void {
  const pairs: OpenPair[] = [];
  afterEach(() => {
    for (const { near, far } of pairs.splice(0)) {
      near.link?.close();
      far.link?.close();
    }
  });
  async function openPair(): Promise<OpenPair> {
    const pair = await open();
    pairs.push(pair);
    return pair;
  }

  test("bytes arrive in order, both ways at once", { timeout: 120_000 }, async () => {
    const { near, far } = await openPair();
    const fromNear = randomBytes(streamBytes);
    const fromFar = randomBytes(streamBytes);
    await Promise.all([near.sendAll(fromNear), far.sendAll(fromFar)]);
    await vi.waitUntil(() => far.receivedBytes === streamBytes && near.receivedBytes === streamBytes, 60_000);
    expect(far.receivedHash()).toBe(sha256(fromNear));
    expect(near.receivedHash()).toBe(sha256(fromFar));
    expect([near.told, far.told]).toEqual([["opened"], ["opened"]]);
  });

  test("both ends say once that the other one is nearby", async () => {
    const { near, far } = await openPair();
    await until(() => near.nearbyCount + far.nearbyCount === 2);
    expect([near.nearbyCount, far.nearbyCount]).toEqual([1, 1]);
  });

  test("a link reports when it has little left to send", async () => {
    const { near, far } = await openPair();
    near.send(new Uint8Array(10));
    await until(() => near.drainedCount > 0 && far.receivedBytes === 10);
    expect(near.queuedBytes).toBeLessThanOrEqual(10);
  });

  test("both ends report a close once", async () => {
    const { near, far } = await openPair();
    near.link?.close();
    expect(near.told).toEqual(["opened", "ended: undefined"]);
    await until(() => far.told.length > 1);
    far.link?.close();
    near.link?.close();
    expect(near.told).toEqual(["opened", "ended: undefined"]);
    expect(far.told).toEqual(["opened", "ended: theyLeft"]);
  });

  test("a closed link reports nothing, whatever still arrives or is sent", async () => {
    const { near, far } = await openPair();
    far.send(new Uint8Array(100_000));
    near.link?.close();
    near.send(new Uint8Array(10));
    await until(() => far.told.length > 1);
    expect(near.told).toEqual(["opened", "ended: undefined"]);
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
