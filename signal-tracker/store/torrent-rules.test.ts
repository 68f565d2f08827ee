import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { testInfoHash } from "../core/tracker.test-support.ts";
import { MAX_LIST_BYTES, MAX_LISTED_TORRENTS } from "../limits/catalog.ts";
import { InfoHashList } from "./info-hash-list.ts";
import { openTorrentRules, type TorrentLists } from "./torrent-rules.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tabswarm-lists-"));
});
afterEach(() => rm(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const digits = [1, 2, 3, 4];

async function listOf(text: string | Buffer, name = "list"): Promise<string> {
  await writeFile(path(name), text);
  return path(name);
}

async function openList(file: string, lookMillis?: number) {
  const warn = vi.fn<(sentence: string) => void>();
  const list = await InfoHashList.open(file, warn, lookMillis);
  onTestFinished(() => list.close());
  return { warn, listed: () => digits.filter((digit) => list.has(testInfoHash(digit))) };
}

const hash = (digit: number): string => String(digit).repeat(40);

test("a list has one info-hash a line; comments, blank lines and line ends of Windows do no harm", async () => {
  const text = `\ufeff${hash(1)}\r\n# ${hash(2)}\r\n\r\n  ${hash(3)}\tsome film\n${hash(4)}`;
  const { warn, listed } = await openList(await listOf(text));
  expect(listed()).toEqual([1, 3, 4]);
  expect(warn).not.toHaveBeenCalled();
});

test("a line that is not an info-hash is left out and named", async () => {
  const { warn, listed } = await openList(
    await listOf(`${hash(1)}\nabc\n${hash(2)}0\nmagnet:?x\n${hash(3)}\n`),
  );
  expect(listed()).toEqual([1, 3]);
  expect(warn.mock.calls).toEqual([
    [`The list ${path("list")}: line 2 was left out, and 2 more lines: an info-hash has 40 hex digits.`],
  ]);
});

test("a line without end holds nobody up, and those around it count", async () => {
  const comment = `${hash(2)} ${"x".repeat(5_000_000)}`;
  const text = `${hash(1)}\n${comment}\n${"a".repeat(50_000_000)}\n${" ".repeat(5_000_000)}${hash(3)}\n`;
  const { warn, listed } = await openList(await listOf(text));
  expect(listed()).toEqual([1, 2, 3]);
  expect(warn.mock.calls).toEqual([
    [`The list ${path("list")}: line 3 was left out: an info-hash has 40 hex digits.`],
  ]);
});

test("a changed list counts soon, whether it is written, replaced or grows; one that vanishes stays as it was", async () => {
  const { warn, listed } = await openList(await listOf(hash(1)), 20);
  await writeFile(path("list"), `${hash(2)}\n`);
  await expect.poll(listed).toEqual([2]);
  await appendFile(path("list"), `${hash(3)}\n`);
  await expect.poll(listed).toEqual([2, 3]);
  await rename(await listOf(hash(4), "other"), path("list"));
  await expect.poll(listed).toEqual([4]);
  await rm(path("list"));
  await expect.poll(() => warn.mock.calls.flat().join()).toContain("so it stays as it was");
  expect(listed()).toEqual([4]);
  await listOf(hash(1));
  await expect.poll(listed).toEqual([1]);
});

test("a list holds so many torrents and no more, and says which line was the first too many", async () => {
  const lines = Array.from({ length: MAX_LISTED_TORRENTS }, (_, at) => at.toString(16).padStart(40, "0"));
  const { warn, listed } = await openList(await listOf([...lines, hash(1)].join("\n")));
  expect(warn.mock.calls.flat().join()).toContain(`line ${MAX_LISTED_TORRENTS + 1} was left out`);
  expect(listed()).toEqual([]);
});

test("a list that is missing, too large or no file is refused", async () => {
  const refusal = (lists: TorrentLists) => expect(openTorrentRules(lists, () => {})).rejects;
  await refusal({ allowList: path("none") }).toThrow(
    `The list ${path("none")} of --allow-list cannot be read`,
  );
  await refusal({ denyList: folder }).toThrow("it is not a file");
  await listOf("");
  await truncate(path("list"), MAX_LIST_BYTES + 1);
  await refusal({ allowList: path("list") }).toThrow("more than");
});

test.each([
  ["neither", {}, undefined],
  ["an empty allow list", { allowList: "" }, []],
  ["an allow list", { allowList: `${hash(1)}\n${hash(2)}` }, [1, 2]],
  ["a deny list", { denyList: `${hash(1)}\n${hash(2)}` }, [3, 4]],
  ["both", { allowList: `${hash(1)}\n${hash(2)}`, denyList: hash(1) }, [2]],
])("with %s", async (_, texts, expected) => {
  const lists: Record<string, string> = {};
  for (const [name, text] of Object.entries(texts)) lists[name] = await listOf(text, name);
  const rules = await openTorrentRules(lists, () => {});
  onTestFinished(() => rules.close());
  const { isAllowed } = rules;
  expect(isAllowed && digits.filter((digit) => isAllowed(testInfoHash(digit)))).toEqual(expected);
});
