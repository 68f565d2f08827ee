import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolders } from "../peer.test-support.ts";
import { readTorrentFile } from "./torrent-file.ts";

const temporaryFolder = temporaryFolders();

async function fileOf(bytes: string | Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), "a.torrent");
  await writeFile(path, bytes);
  return path;
}

test("the info-hash is that of the info dictionary as it stands in the file", async () => {
  // Keys out of order: written again, they would have another hash. `printf … | sha1sum` gave this one.
  const info = "d12:piece lengthi16384e6:pieces20:aaaaaaaaaaaaaaaaaaaa6:lengthi5e4:name1:ae";
  const torrent = await readTorrentFile(await fileOf(`d4:info${info}e`));
  expect(torrent).toMatchObject({
    infoHash: "01bc78a272e29c4e84ddddc6a89f604a2e9db9eb",
    info: { name: "a" },
  });
});

test.each([
  ["what is no torrent", "hello", "This is not a whole torrent"],
  ["nothing", "", "This is not a whole torrent"],
  ["a film", new Uint8Array(30_000_001), "larger than a .torrent file can be"],
])("%s is a sentence", async (_, bytes, sentence) => {
  await expect(readTorrentFile(await fileOf(bytes))).rejects.toThrow(sentence);
});

test("a folder is a sentence", async () => {
  const folder = await temporaryFolder();
  await expect(readTorrentFile(folder)).rejects.toThrow(`${folder} is a folder. Name a file.`);
});

test.runIf(process.platform === "linux")("a device without end is not read to its end", async () => {
  await expect(readTorrentFile("/dev/zero")).rejects.toThrow("larger than a .torrent file can be");
});
