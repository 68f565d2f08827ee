import { expect, test } from "vitest";
import type { Entry } from "../../engine/client.ts";
import { createFakeClient } from "../../engine/fake.ts";
import { Done } from "./done.ts";
import { doneNotice, doneTitle } from "./done-texts.ts";

const [film, other] = createFakeClient("few").entries.value;
if (film?.state !== "downloading" || other?.state !== "seeding")
  throw new Error("the made-up list begins with a download and a complete torrent");
const { name } = film.torrent;
const whole: Entry = { ...film, state: "seeding" };

test("a download that becomes complete is marked; what was complete before is not", () => {
  const done = new Done([film, other]);
  expect(done.take([film, other], true)).toEqual([]);
  expect(done.take([whole, other], true)).toEqual([whole]);
  expect(done.names).toEqual([name]);
  expect(done.take([whole, other], true)).toEqual([]);
});

test("the mark stays while the person looks, and goes once they have turned away", () => {
  const done = new Done([film]);
  done.turned(false);
  done.take([whole], false);
  expect(done.names).toEqual([name]);
  done.turned(true);
  expect(done.names).toEqual([name]);
  done.turned(false);
  expect(done.names).toEqual([]);
});

test("a mark made while the tab is hidden outlives that", () => {
  const done = new Done([film, { ...other, state: "downloading" }]);
  done.take([whole, { ...other, state: "downloading" }], true);
  done.turned(false);
  done.take([whole, other], false);
  expect(done.names).toEqual([other.torrent.name]);
});

test("a removed download has no mark, nor one that goes on with more files", () => {
  const done = new Done([film]);
  done.take([whole], true);
  done.take([film], true);
  expect(done.names).toEqual([]);
  done.take([whole], true);
  done.take([], true);
  expect(done.names).toEqual([]);
});

test("the title and the notification name one download, or count several", () => {
  expect([doneTitle([]), doneTitle(["a"]), doneTitle(["a", "b"])]).toEqual(["", "✓ a", "✓ 2 files"]);
  expect([doneNotice(["a"]), doneNotice(["a", "b"])]).toEqual(["a is complete", "2 downloads are complete"]);
});
