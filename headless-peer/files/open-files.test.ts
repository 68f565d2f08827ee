import { constants } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Descriptor } from "./descriptor.ts";
import { openBelow, temporaryFolder } from "./download.test-support.ts";
import { type Openable, OpenFiles } from "./open-files.ts";

async function files(
  count: number,
): Promise<{ readonly folder: string; readonly list: Openable[]; opened: number }> {
  const folder = await temporaryFolder();
  const made = { folder, list: [] as Openable[], opened: 0 };
  for (let at = 0; at < count; at++) {
    const path = join(folder, String(at));
    await writeFile(path, String(at));
    const openIt = () => {
      made.opened += 1;
      return Descriptor.open(path, constants.O_RDONLY);
    };
    made.list.push({ open: openIt });
  }
  return made;
}

const at = (list: readonly Openable[], index: number): Openable =>
  list[index] ?? { open: () => Descriptor.open("", 0) };

test("a file stays open for its next use", async () => {
  const made = await files(1);
  const pool = new OpenFiles(2);
  for (let time = 0; time < 3; time++) await pool.use(at(made.list, 0), (handle) => handle.stat());
  expect(made.opened).toBe(1);
  await pool.close(at(made.list, 0));
  expect(await openBelow(made.folder)).toEqual([]);
});

test("the least recently used file gives way", async () => {
  const { list, folder } = await files(3);
  const pool = new OpenFiles(2);
  for (const index of [0, 1, 0, 2]) await pool.use(at(list, index), (handle) => handle.stat());
  expect((await openBelow(folder)).sort()).toEqual([join(folder, "0"), join(folder, "2")]);
  for (const file of list) await pool.close(file);
});

test("the number of open files is limited, and each user gets a turn", async () => {
  const { list, folder } = await files(40);
  const pool = new OpenFiles(3);
  const reads = Array.from({ length: 400 }, async (_, time) => {
    const index = (time * 17) % 40;
    const text = await pool.use(at(list, index), async (handle) => {
      expect((await openBelow(folder)).length).toBeLessThanOrEqual(3);
      const buffer = Buffer.alloc(4);
      return buffer.toString("utf8", 0, await handle.read(buffer, 0));
    });
    expect(text).toBe(String(index));
  });
  await Promise.all(reads);
  await Promise.all(list.map((file) => pool.close(file)));
  expect(await openBelow(folder)).toEqual([]);
});

test("a file that cannot be opened frees its place", async () => {
  const { list } = await files(1);
  const pool = new OpenFiles(1);
  const broken: Openable = { open: () => Promise.reject(new Error("no such luck")) };
  const uses = [broken, broken, at(list, 0), broken].map((file) => pool.use(file, (handle) => handle.stat()));
  const ends = await Promise.allSettled(uses);
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled", "rejected"]);
});

test("a file closed during use stays open until that ends", async () => {
  const { list, folder } = await files(1);
  const pool = new OpenFiles(1);
  let closing: Promise<void> | undefined;
  await pool.use(at(list, 0), async (handle) => {
    closing = pool.close(at(list, 0));
    await handle.stat(); // Still open.
  });
  await closing;
  expect(await openBelow(folder)).toEqual([]);
});
