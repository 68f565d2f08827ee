import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { concatBytes } from "../base/bytes.ts";
import { LOW_WATER_BYTES, MAX_CHANNEL_MESSAGE_BYTES, Outbox, type OutboxChannel } from "./outbox.ts";

/** A channel that copies what it gets, like real ones, and drains when the test says so. */
class FakeChannel implements OutboxChannel {
  readonly messages: Uint8Array[] = [];
  bufferedAmount = 0;

  send(bytes: Uint8Array): void {
    this.messages.push(bytes.slice());
    this.bufferedAmount += bytes.length;
  }

  drain(count = this.bufferedAmount): void {
    this.bufferedAmount -= Math.min(count, this.bufferedAmount);
  }
}

/** Bytes that count up from `start`, so that a test notices any change of order. */
function counting(length: number, start = 0): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, at) => (start + at) % 251);
}

function newOutbox(messageBytes = MAX_CHANNEL_MESSAGE_BYTES) {
  const channel = new FakeChannel();
  return { channel, outbox: new Outbox(channel, messageBytes) };
}

test("bytes come out as one stream, in any sequence of push, flush and drain", () => {
  const step = fc.record({ push: fc.nat(3_000), flush: fc.boolean(), drain: fc.nat(4_000) });
  fc.assert(
    fc.property(fc.array(step), fc.integer({ min: 1_024, max: 3_000 }), (steps, messageBytes) => {
      const { channel, outbox } = newOutbox(messageBytes);
      let pushed = 0;
      for (const { push, flush, drain } of steps) {
        outbox.push(counting(push, pushed));
        pushed += push;
        if (flush) outbox.flush();
        const sent = channel.messages.reduce((sum, { length }) => sum + length, 0);
        expect(outbox.queuedBytes).toBe(pushed - sent);
        channel.drain(drain);
      }
      while (outbox.queuedBytes > 0) {
        channel.drain();
        outbox.flush();
      }
      expect(concatBytes(channel.messages)).toEqual(counting(pushed));
      for (const { length } of channel.messages) expect(length).toBeLessThanOrEqual(messageBytes);
    }),
  );
});

test("joins bytes into full-size messages with arbitrary boundaries", () => {
  const { channel, outbox } = newOutbox();
  for (let count = 0; count < 20; count++) outbox.push(counting(13 + 16_384));
  outbox.flush();
  channel.drain();
  outbox.flush();
  const rest = 20 * 16_397 - 5 * 65_536;
  expect(channel.messages.map(({ length }) => length)).toEqual([...Array(5).fill(65_536), rest]);
});

test("splits a large run and sends a small one at once", () => {
  const { channel, outbox } = newOutbox(2_000);
  outbox.push(counting(5_000));
  outbox.flush();
  expect(channel.messages.map(({ length }) => length)).toEqual([2_000, 2_000, 1_000]);
  outbox.push(counting(5));
  outbox.flush();
  expect(channel.messages.at(-1)).toEqual(counting(5));
});

describe("a busy channel", () => {
  test("gets no more than a megabyte and one message", () => {
    const { channel, outbox } = newOutbox();
    for (let count = 0; count < 200; count++) outbox.push(counting(16_384));
    outbox.flush();
    expect(channel.bufferedAmount).toBeGreaterThanOrEqual(1024 * 1024);
    expect(channel.bufferedAmount).toBeLessThan(1024 * 1024 + MAX_CHANNEL_MESSAGE_BYTES);
    outbox.flush();
    expect(channel.messages).toHaveLength(16);
  });

  test("gets no short message while it has enough, because more bytes may fill it", () => {
    const { channel, outbox } = newOutbox();
    channel.bufferedAmount = LOW_WATER_BYTES + 1;
    outbox.push(counting(10));
    outbox.flush();
    expect(channel.messages).toEqual([]);
    channel.drain(1); // Now it asks for more.
    outbox.flush();
    expect(channel.messages).toEqual([counting(10)]);
  });
});

test("messages respect the other side's limit", () => {
  for (const [theirs, most] of [
    [Number.POSITIVE_INFINITY, MAX_CHANNEL_MESSAGE_BYTES],
    [262_144, MAX_CHANNEL_MESSAGE_BYTES],
    [20_000, 20_000],
  ]) {
    const { channel, outbox } = newOutbox(theirs);
    outbox.push(counting(100_000));
    outbox.flush();
    expect(Math.max(...channel.messages.map(({ length }) => length))).toBe(most);
  }
});

test("passes on what `send` throws", () => {
  const outbox = new Outbox(
    {
      bufferedAmount: 0,
      send: () => {
        throw new Error("the channel is closing");
      },
    },
    100,
  );
  outbox.push(counting(1));
  expect(() => outbox.flush()).toThrow("the channel is closing");
});

test("thousands of small runs cost no more than their bytes", () => {
  const { channel, outbox } = newOutbox();
  for (let round = 0; round < 50; round++) {
    for (let count = 0; count < 1_000; count++) outbox.push(counting(17, (round * 1_000 + count) * 17));
    outbox.flush();
    channel.drain();
  }
  outbox.flush();
  expect(concatBytes(channel.messages)).toEqual(counting(50_000 * 17));
});
