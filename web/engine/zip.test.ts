import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { directoryEntry, endOfDirectory, localHeader, type ZipEntry, zipBlob } from "./zip.ts";

const GIB = 1024 ** 3;
const folder = mkdtempSync(join(tmpdir(), "zip-"));
afterAll(() => rmSync(folder, { recursive: true }));

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const hasUnzip = spawnSync("unzip", ["-v"]).status === 0;
if (!hasPython) console.warn("python3 is missing: archives are not read by another program");
if (!hasUnzip) console.warn("unzip is missing: archives are not tested by it");

/** Tests the whole archive, then prints name, size and hex bytes of each file. */
const READ = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps([[i.filename, i.file_size, archive.read(i).hex()] for i in archive.infolist()]))
`;

/** Prints the directory without reading the files. */
const LIST = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    print(json.dumps([[i.filename, i.file_size, i.header_offset, i.CRC] for i in archive.infolist()]))
`;

const FILES: readonly (readonly [path: string, text: string])[] = [
  ["Ảnh nghỉ hè/đọc tôi.txt", "xin chào"],
  ["Ảnh nghỉ hè/🏖/beach.txt", "sand"],
  ["Ảnh nghỉ hè/empty.txt", ""],
  ["Ảnh nghỉ hè/long.txt", "0123456789".repeat(100_000)],
];

test.skipIf(!hasPython)("another program finds every name and every byte", async () => {
  const path = await write(await zip(FILES));
  const found = python(READ, path);
  expect(found).toEqual(
    FILES.map(([name, text]) => {
      const bytes = Buffer.from(text);
      return [name, bytes.length, bytes.toString("hex")];
    }),
  );
});

test.skipIf(!hasUnzip)("unzip finds no fault", async () => {
  const path = await write(await zip(FILES));
  const { status, stdout } = spawnSync("unzip", ["-tq", path], { encoding: "utf8" });
  expect(stdout).toContain("No errors detected");
  expect(status).toBe(0);
});

test.skipIf(!hasPython)("files and archives beyond 4 GiB are described with ZIP64 fields", () => {
  const entries = [
    { name: "large", crc: 0x12345678, size: 5 * GIB, offset: 0 },
    { name: "far away", crc: 0x9abcdef0, size: 3, offset: 5 * GIB + 100 },
  ];
  expect(python(LIST, writeSparse(entries, 6 * GIB))).toEqual(entries.map(asListed));
});

test.skipIf(!hasPython)("an archive of 65,535 files says so in its ZIP64 end", { timeout: 30_000 }, () => {
  const entries = Array.from({ length: 65_535 }, (_, at) => ({
    name: `all/${at}`,
    crc: 0,
    size: 0,
    offset: 0,
  }));
  expect(python(LIST, writeSparse(entries, 0))).toEqual(entries.map(asListed));
});

test("a local header has both sizes in its ZIP64 field from 4 GiB on, and no such field below", () => {
  const name = Buffer.from("a");
  const small = localHeader({ name, crc: 1, size: 4 * GIB - 2, offset: 0 });
  expect(small).toHaveLength(30 + 1);

  const large = localHeader({ name, crc: 1, size: 4 * GIB - 1, offset: 0 });
  const view = new DataView(large.buffer);
  expect(large).toHaveLength(30 + 1 + 20);
  expect([view.getUint32(18, true), view.getUint32(22, true)]).toEqual([0xffffffff, 0xffffffff]);
  expect(view.getUint16(31, true)).toBe(1);
  expect([view.getBigUint64(35, true), view.getBigUint64(43, true)]).toEqual([0xffffffffn, 0xffffffffn]);
});

test("the archive refers to the bytes and reports progress", async () => {
  const shares: number[] = [];
  const archive = await zip(FILES, (share) => shares.push(share));
  expect(archive.type).toBe("application/octet-stream");
  expect(shares.at(-1)).toBe(1);
  expect(shares).toEqual([...shares].sort((left, right) => left - right));
});

test("an unreadable Blob rejects", async () => {
  const lost = new Blob(["abc"]);
  lost.stream = () =>
    new ReadableStream({ start: (controller) => controller.error(new Error("NotReadable")) });
  await expect(zipBlob([{ path: "a", bytes: lost }], () => {})).rejects.toThrow("NotReadable");
});

function zip(
  files: readonly (readonly [string, string])[],
  progress = (_share: number): void => {},
): Promise<Blob> {
  return zipBlob(
    files.map(([path, text]) => ({ path, bytes: new Blob([text]) })),
    progress,
  );
}

async function write(archive: Blob): Promise<string> {
  const path = join(folder, "archive.zip");
  writeFileSync(path, Buffer.from(await archive.arrayBuffer()));
  return path;
}

interface Entry extends Omit<ZipEntry, "name"> {
  readonly name: string;
}

/** The end of an archive behind a hole. */
function writeSparse(entries: readonly Entry[], directoryOffset: number): string {
  const directory = Buffer.concat(
    entries.map((entry) => directoryEntry({ ...entry, name: Buffer.from(entry.name) })),
  );
  const end = endOfDirectory(entries.length, directory.length, directoryOffset);
  const path = join(folder, "sparse.zip");
  const file = openSync(path, "w");
  writeSync(file, Buffer.concat([directory, end]), 0, undefined, directoryOffset);
  closeSync(file);
  return path;
}

function asListed({ name, size, offset, crc }: Entry): readonly unknown[] {
  return [name, size, offset, crc];
}

function python(program: string, path: string): (readonly unknown[])[] {
  const { stdout, stderr } = spawnSync("python3", ["-c", program, path], {
    encoding: "utf8",
    maxBuffer: 100_000_000,
  });
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}
