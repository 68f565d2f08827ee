import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Millis, millis } from "../base/ids.ts";
import { BLOCK_BYTES } from "../meta/layout.ts";
import { Pipeline, type PipelineLimits } from "./pipeline.ts";

const LIMITS: PipelineLimits = { first: 8, maxRequests: 512, queueMillis: 500, maxQueued: 512 };

/** A pipeline and its outstanding requests, which the picker counts in a session. */
class Asked {
  readonly #pipeline: Pipeline;
  outstanding = 0;

  constructor(limits: PipelineLimits) {
    this.#pipeline = new Pipeline(limits);
  }

  get free(): number {
    return this.#pipeline.free(this.outstanding);
  }

  get room(): number {
    return this.#pipeline.room(this.outstanding);
  }

  requested(count: number): void {
    this.outstanding += count;
  }

  released(count: number): void {
    this.outstanding = Math.max(0, this.outstanding - count);
  }

  rejected(): void {
    this.released(1);
    this.#pipeline.rejected(this.outstanding);
  }

  arrived(now: Millis, requestedAt: Millis, bytes: number): void {
    this.released(1);
    this.#pipeline.arrived(now, requestedAt, bytes);
  }

  limitTo(maxRequestsQueued: number): void {
    this.#pipeline.limitTo(maxRequestsQueued);
  }

  stalled(): void {
    this.#pipeline.stalled();
  }
}

/** A peer that serves blocks one by one at a steady rate, each some time after its request. */
function serve(
  pipeline: Asked,
  bytesPerSecond: number,
  delayMillis: number,
  seconds: number,
  from = 0,
): number {
  const blockMillis = (BLOCK_BYTES * 1000) / bytesPerSecond;
  const onTheirWay: { requestedAt: Millis; arrivesAt: number }[] = [];
  let freeAt = from;
  let bytes = 0;
  let now = millis(from);
  const ask = (): void => {
    const { room } = pipeline;
    pipeline.requested(Math.max(0, room));
    for (let count = 0; count < room; count++) {
      freeAt = Math.max(freeAt, now + delayMillis / 2) + blockMillis;
      onTheirWay.push({ requestedAt: now, arrivesAt: freeAt + delayMillis / 2 });
    }
  };
  ask();
  for (let next = onTheirWay.shift(); next !== undefined; next = onTheirWay.shift()) {
    now = millis(next.arrivesAt);
    if (now - from > seconds * 1000) break;
    pipeline.arrived(now, next.requestedAt, BLOCK_BYTES);
    bytes += BLOCK_BYTES;
    ask();
  }
  return bytes;
}

/** How many requests we would send if none were outstanding. */
function depthOf(pipeline: Asked): number {
  pipeline.released(pipeline.outstanding);
  return pipeline.room;
}

test("we ask a new peer for a few blocks", () => {
  expect(new Asked(LIMITS).room).toBe(8);
});

test("at the start each block received allows one more request", () => {
  const pipeline = new Asked(LIMITS);
  pipeline.requested(8);
  for (let count = 0; count < 8; count++) pipeline.arrived(millis(10), millis(0), BLOCK_BYTES);
  expect(pipeline.outstanding).toBe(0);
  expect(pipeline.room).toBe(16);
});

test.each([
  [1_000_000, 20],
  [1_000_000, 200],
  [5_000_000, 50],
  [100_000, 100],
])(
  "at %i bytes a second and a round trip of %i ms, requests settle at what that takes and half a second more",
  (rate, delay) => {
    const pipeline = new Asked(LIMITS);
    serve(pipeline, rate, delay, 30);
    const depth = depthOf(pipeline);
    const blockMillis = (BLOCK_BYTES * 1000) / rate;
    const wanted = (rate * (delay + blockMillis + LIMITS.queueMillis)) / 1000 / BLOCK_BYTES;
    expect(depth).toBeGreaterThan(wanted * 0.7);
    expect(depth).toBeLessThan(wanted * 1.4 + 4);
  },
);

test.each([
  [20_000_000, 5],
  [5_000_000, 100],
  [200_000, 300],
])("a peer with %i bytes a second and a round trip of %i ms stays busy", (rate, delay) => {
  const bytes = serve(new Asked(LIMITS), rate, delay, 10);
  expect(bytes).toBeGreaterThan(rate * 10 * 0.85);
});

test("a far peer's line is filled, although we send several requests at a time", () => {
  const [rate, delay] = [12_500_000, 200];
  for (const maxQueued of [48, 512]) {
    const bytes = serve(new Asked({ ...LIMITS, first: 32, maxQueued }), rate, delay, 60);
    expect(bytes).toBeGreaterThan(rate * 60 * 0.9);
  }
});

test("bursts that come once in a round trip do not end slow start", () => {
  const pipeline = new Asked(LIMITS);
  pipeline.requested(pipeline.room);
  for (let round = 1; round <= 5; round++) {
    const now = round * 300; // Each round, what was requested arrives within 2 ms.
    const { outstanding } = pipeline;
    for (let at = 0; at < outstanding; at++)
      pipeline.arrived(millis(now + (2 * at) / outstanding), millis(now - 300), BLOCK_BYTES);
    pipeline.requested(pipeline.room);
  }
  expect(pipeline.outstanding).toBe(256); // Twice as many each round.
});

test("requests follow a rate that falls and rises again", () => {
  const pipeline = new Asked(LIMITS);
  serve(pipeline, 10_000_000, 20, 10);
  const fast = depthOf(pipeline);
  serve(pipeline, 500_000, 20, 20, 20_000);
  const slow = depthOf(pipeline);
  expect(slow).toBeLessThan(fast / 5);
  serve(pipeline, 10_000_000, 20, 20, 50_000);
  expect(depthOf(pipeline)).toBeGreaterThan(fast / 2);
});

describe("a peer's own limit", () => {
  test("is respected", () => {
    const pipeline = new Asked(LIMITS);
    pipeline.limitTo(4);
    expect(pipeline.room).toBe(3); // Some clients reject the fourth.
    serve(pipeline, 10_000_000, 50, 5);
    expect(pipeline.outstanding + pipeline.room).toBeLessThanOrEqual(3);
  });

  test("changes nothing if it is above ours, and is at least one", () => {
    const pipeline = new Asked({ ...LIMITS, first: 600 });
    pipeline.limitTo(1_000_000);
    expect(pipeline.room).toBe(512);
    pipeline.limitTo(0);
    expect(pipeline.room).toBe(1);
  });

  test("shows when it rejects a request, and we probe it again step by step", () => {
    const pipeline = new Asked({ ...LIMITS, first: 20 });
    pipeline.requested(20);
    for (let count = 0; count < 10; count++) pipeline.rejected();
    expect([pipeline.outstanding, pipeline.free]).toEqual([10, 0]);
    for (let count = 0; count < 10; count++) {
      pipeline.arrived(millis(0), millis(0), BLOCK_BYTES);
      pipeline.requested(1);
    }
    expect(pipeline.free).toBe(0);
    pipeline.arrived(millis(0), millis(0), BLOCK_BYTES);
    expect(pipeline.free).toBe(2);
  });

  test("may arrive while more requests are outstanding", () => {
    const pipeline = new Asked(LIMITS);
    pipeline.requested(8);
    pipeline.limitTo(2);
    expect(pipeline.room).toBeLessThanOrEqual(0);
  });
});

test("we send several requests at a time", () => {
  const pipeline = new Asked({ ...LIMITS, first: 40 });
  pipeline.requested(40);
  pipeline.released(19);
  expect(pipeline.room).toBe(0);
  pipeline.released(1);
  expect(pipeline.room).toBe(20);
});

describe("with a limit on queued requests", () => {
  const limits: PipelineLimits = { ...LIMITS, maxQueued: 48 };

  test("slow start ends there", () => {
    const pipeline = new Asked(limits);
    pipeline.requested(8);
    for (let count = 0; count < 100; count++) {
      pipeline.requested(1);
      pipeline.arrived(millis(10), millis(0), BLOCK_BYTES);
    }
    expect(depthOf(pipeline)).toBe(48);
  });

  test.each([
    [20_000_000, 5],
    [5_000_000, 200],
  ])(
    "a fast peer (%i bytes a second, a round trip of %i ms) has those and what is in transit",
    (rate, delay) => {
      const pipeline = new Asked(limits);
      const bytes = serve(pipeline, rate, delay, 30);
      const onTheWay = (rate * delay) / 1000 / BLOCK_BYTES;
      expect(depthOf(pipeline)).toBeGreaterThan((onTheWay + 48) * 0.8);
      expect(depthOf(pipeline)).toBeLessThan((onTheWay + 48) * 1.2 + 4);
      expect(bytes).toBeGreaterThan(rate * 30 * 0.85);
    },
  );

  test("a slow peer has half a second's worth", () => {
    const pipeline = new Asked(limits);
    serve(pipeline, 500_000, 20, 30);
    expect(depthOf(pipeline)).toBeLessThan(25);
  });
});

test("we trust a stalled peer with one request, and with more as it delivers", () => {
  const pipeline = new Asked(LIMITS);
  serve(pipeline, 1_000_000, 20, 5);
  pipeline.released(pipeline.outstanding);
  pipeline.stalled();
  expect(pipeline.room).toBe(1);
  pipeline.requested(1);
  pipeline.arrived(millis(60_000), millis(59_900), BLOCK_BYTES);
  expect(pipeline.room).toBe(2);
  expect(serve(pipeline, 1_000_000, 20, 10, 60_000)).toBeGreaterThan(8_000_000);
});

test("requests never exceed the limit, whatever happens", () => {
  const step = fc.record({
    type: fc.constantFrom("request", "arrive", "release", "stall", "limit"),
    count: fc.nat(700),
    millis: fc.nat(500),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const pipeline = new Asked(LIMITS);
      let now = 0;
      for (const { type, count, millis: passed } of steps) {
        now += passed;
        if (type === "request") pipeline.requested(Math.max(0, pipeline.room));
        if (type === "arrive") pipeline.arrived(millis(now), millis(Math.max(0, now - count)), BLOCK_BYTES);
        if (type === "release") pipeline.released(count);
        if (type === "stall") pipeline.stalled();
        if (type === "limit") pipeline.limitTo(count);
        expect(pipeline.outstanding).toBeGreaterThanOrEqual(0);
        expect(pipeline.outstanding).toBeLessThanOrEqual(512);
        expect(pipeline.room).toBeLessThanOrEqual(512);
        expect(Number.isInteger(pipeline.room)).toBe(true);
      }
    }),
  );
});
