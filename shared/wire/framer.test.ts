import fc from "fast-check";
import { expect, test } from "vitest";
import { concatBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { Framer, MAX_MESSAGE_BYTES } from "./framer.ts";
import { HANDSHAKE_BYTES } from "./handshake.ts";
import { KEEP_ALIVE } from "./message.ts";

const HANDSHAKE = new Uint8Array(HANDSHAKE_BYTES).fill(0x68);

/** A body with its length prefix. */
function framed(body: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, body.length);
  return concatBytes([length, body]);
}

/** A framer that has already read its handshake. */
function opened(): Framer {
  const framer = new Framer();
  framer.push(HANDSHAKE);
  return framer;
}

test("the handshake is the first frame, followed by one for each message body", () => {
  const one = Uint8Array.of(1);
  const two = Uint8Array.of(4, 0, 0, 0, 7);
  expect(new Framer().push(concatBytes([HANDSHAKE, framed(one), framed(two)]))).toEqual([
    HANDSHAKE,
    one,
    two,
  ]);
});

test("drops keep-alives", () => {
  const body = Uint8Array.of(2);
  expect(opened().push(concatBytes([KEEP_ALIVE, framed(body), KEEP_ALIVE, KEEP_ALIVE]))).toEqual([body]);
});

test("a frame that arrives whole is a view, and a split one is a copy", () => {
  const framer = opened();
  const body = Uint8Array.of(7, 1, 2, 3);
  const whole = framed(body);
  expect(framer.push(whole)[0]?.buffer).toBe(whole.buffer);

  const [first, second] = [whole.slice(0, 6), whole.slice(6)];
  expect(framer.push(first)).toEqual([]);
  const [gathered] = framer.push(second);
  first.fill(0);
  second.fill(0);
  expect(gathered).toEqual(body);
});

test("successive split frames do not share bytes", () => {
  const framer = opened();
  const pushInTwo = (body: Uint8Array): Uint8Array | undefined => {
    const frame = framed(body);
    framer.push(frame.subarray(0, 5));
    return framer.push(frame.subarray(5))[0];
  };
  const first = pushInTwo(Uint8Array.of(1, 1, 1));
  pushInTwo(Uint8Array.of(2, 2, 2));
  expect(first).toEqual(Uint8Array.of(1, 1, 1));
});

test("a message may be as long as the limit but no longer", () => {
  const length = (bytes: number): Uint8Array => framed(new Uint8Array(bytes)).subarray(0, 4);
  expect(opened().push(framed(new Uint8Array(MAX_MESSAGE_BYTES)))[0]).toHaveLength(MAX_MESSAGE_BYTES);
  expect(() => opened().push(length(MAX_MESSAGE_BYTES + 1))).toThrow(ProtocolError);
  expect(() => opened().push(Uint8Array.of(0xff, 0xff, 0xff, 0xff))).toThrow(ProtocolError);
});

test("the same bytes give the same frames, however they are split", () => {
  const bodies = fc.array(fc.uint8Array({ minLength: 0, maxLength: 40 }), { maxLength: 10 });
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 });
  fc.assert(
    fc.property(bodies, cuts, (bodies, cuts) => {
      const stream = concatBytes([HANDSHAKE, ...bodies.map(framed)]);
      const framer = new Framer();
      const frames: Uint8Array[] = [];
      for (let at = 0, cut = 0; at < stream.length; cut++) {
        const arrived = stream.slice(at, at + (cuts[cut % cuts.length] ?? 1));
        frames.push(...framer.push(arrived).map((frame) => frame.slice()));
        arrived.fill(0xee); // They were only lent.
        at += arrived.length;
      }
      expect(frames).toEqual([HANDSHAKE, ...bodies.filter(({ length }) => length > 0)]);
    }),
  );
});
