import { expect, test } from "vitest";
import { trigramsOf } from "./torrent-search.ts";

test("the index is asked for single trigrams, and for few of them however long a word is", () => {
  expect(trigramsOf(["ab", "中文"])).toEqual([]);
  expect(trigramsOf(["abc", "abcd"])).toEqual(["abc", "bcd"]);
  expect(trigramsOf(["a😀中文"])).toEqual(["a😀中", "😀中文"]);
  expect(trigramsOf(["0123456789abcdef"])).toEqual(["012", "456", "9ab", "def"]);
  expect(trigramsOf(["a".repeat(200)])).toEqual(["aaa"]);
});
