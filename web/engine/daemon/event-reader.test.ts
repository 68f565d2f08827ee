import { expect, test } from "vitest";
import { EventReader, type ServerEvent } from "./event-reader.ts";

const STREAM = [
  ": listening\n\n",
  'event: torrent\ndata: {"name":"Ảnh 😀"}\n\n',
  ": alive\n\nretry: 5\n\nevent: empty\n\ndata: no name\n\n",
  "event: removed\ndata: b\n\nevent: removed\ndata: not whole",
].join("");

test("a stream is cut into its events, wherever its parts end", () => {
  const bytes = new TextEncoder().encode(STREAM);
  for (let at = 0; at <= bytes.length; at++) {
    const reader = new EventReader();
    const events = [bytes.subarray(0, at), bytes.subarray(at)].flatMap((part) => reader.take(part));
    expect(events, `cut at ${at}`).toEqual([
      { event: "torrent", data: '{"name":"Ảnh 😀"}' },
      { event: "removed", data: "b" },
    ] satisfies ServerEvent[]);
  }
});

test("an event that never ends is given up", () => {
  const reader = new EventReader(1_000);
  const part = new Uint8Array(400).fill(97);
  reader.take(part);
  reader.take(part);
  expect(() => reader.take(part)).toThrow(RangeError);
});
