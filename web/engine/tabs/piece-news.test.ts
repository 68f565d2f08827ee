import { afterEach, expect, test, vi } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { MAX_TOLD_PIECES, PieceLine, readPieceNews } from "./piece-news.ts";

const channels: BroadcastChannel[] = [];
vi.stubGlobal(
  "BroadcastChannel",
  class extends BroadcastChannel {
    constructor(name: string) {
      super(name);
      channels.push(this);
    }
  },
);

afterEach(() => {
  for (const channel of channels.splice(0)) channel.close();
});

test("a tab hears which pieces others have stored, and not its own", async () => {
  const [own, other] = [vi.fn(), vi.fn()];
  const line = new PieceLine(own);
  const last = new PieceLine(other);
  line.tell("a", [3, 4] as PieceIndex[]);
  await eventually(() => expect(other.mock.calls).toEqual([["a", [3, 4]]]));
  last.tell("b", []);
  await eventually(() => expect(own.mock.calls).toEqual([["b", []]]));
});

test("the most pieces that a message may name are read, and one more is not", () => {
  const news = (count: number) => ({ storageId: "a", pieces: Array.from({ length: count }, (_, at) => at) });
  expect(readPieceNews(news(MAX_TOLD_PIECES))).toEqual(news(MAX_TOLD_PIECES));
  expect(readPieceNews(news(MAX_TOLD_PIECES + 1))).toBeUndefined();
});

test.each([
  ["nothing", null],
  ["a text", "stored"],
  ["no storage", { pieces: [1] }],
  ["a long storage", { storageId: "a".repeat(65), pieces: [1] }],
  ["no pieces", { storageId: "a" }],
  ["pieces that are no list", { storageId: "a", pieces: { length: 1 } }],
  ["a piece that is no number", { storageId: "a", pieces: ["1"] }],
  ["a negative piece", { storageId: "a", pieces: [-1] }],
  ["half a piece", { storageId: "a", pieces: [0.5] }],
])("a message with %s is ignored", (_what, data) => {
  expect(readPieceNews(data)).toBeUndefined();
});
