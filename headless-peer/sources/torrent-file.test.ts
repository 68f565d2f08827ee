import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { open, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { openBelow } from "../files/download.test-support.ts";
import { temporaryFolders } from "../peer.test-support.ts";
import { readTorrentFile } from "./torrent-file.ts";

const temporaryFolder = temporaryFolders();

// Keys out of order: encoded again, they would have another hash. `printf … | sha1sum` gave this one.
const INFO = "d12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa6:lengthi5e4:name1:ae";
const INFO_HASH = "01bc78a272e29c4e84ddddc6a89f604a2e9db9eb";

async function fileOf(bytes: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), "a.torrent");
  await writeFile(path, bytes);
  return path;
}

test("the info-hash is that of the info dictionary as it stands in the file", async () => {
  const torrent = await readTorrentFile(await fileOf(`d4:info${INFO}e`));
  expect(torrent).toMatchObject({ infoHash: INFO_HASH, info: { name: "a" } });
});

test.each([
  ["what is no torrent", "hello", "This is not a whole torrent"],
  ["nothing", "", "This is not a whole torrent"],
  ["a film", new Uint8Array(30_000_001), "larger than a .torrent file can be"],
])("%s is refused with a sentence", async (_, bytes, sentence) => {
  await expect(readTorrentFile(await fileOf(bytes))).rejects.toThrow(sentence);
});

test("a folder is refused with a sentence", async () => {
  const folder = await temporaryFolder();
  await expect(readTorrentFile(folder)).rejects.toThrow(`${folder} is a folder. Name a file.`);
});

test("a pipe that nobody writes to is refused at once, with a sentence", async () => {
  const path = join(await temporaryFolder(), "pipe.torrent");
  execFileSync("mkfifo", [path]);
  await expect(readTorrentFile(path)).rejects.toThrow(`${path} is a pipe that nobody writes to.`);
});

test("a socket is refused with a sentence", async () => {
  const path = join(await temporaryFolder(), "a.torrent");
  const server = createServer().listen(path);
  await once(server, "listening");
  await expect(readTorrentFile(path)).rejects.toThrow(`${path} is a socket. Name a file.`);
  server.close();
});

test.each([
  ["has begun to write", 30],
  ["has yet to write", 0],
])("a pipe is read to its end when somebody %s", async (_, bytesAtOnce) => {
  const folder = await temporaryFolder();
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const torrent = Buffer.from(`d4:info${INFO}e`);
  const writer = await open(path, "r+"); // Opening it for writing only would wait for a reader.
  await writer.write(torrent.subarray(0, bytesAtOnce));
  const reading = readTorrentFile(path);
  await eventually(async () => expect(await openBelow(folder)).toHaveLength(2));
  await writer.write(torrent.subarray(bytesAtOnce));
  await writer.close();
  expect(await reading).toMatchObject({ infoHash: INFO_HASH });
  expect(await openBelow(folder)).toEqual([]);
});

test("a pipe is read no further than a file", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "pipe");
  execFileSync("mkfifo", [path]);
  const endless = spawn("sh", ["-c", 'exec yes <>"$0" >"$0"', path]);
  const ended = once(endless, "exit");
  await eventually(() => expect(readTorrentFile(path)).rejects.toThrow("larger than a .torrent file can be"));
  endless.kill();
  await ended;
});

test.runIf(process.platform === "linux")("an endless device is not read for ever", async () => {
  await expect(readTorrentFile("/dev/zero")).rejects.toThrow("larger than a .torrent file can be");
});
