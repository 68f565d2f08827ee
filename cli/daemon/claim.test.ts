import { readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { claimFolder } from "./claim.ts";

const newFolder = temporaryFolders();

/** The URL of something that answers, as a daemon's API does. */
async function answering(): Promise<string> {
  const server = createServer((_, answer) => answer.end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a folder that a daemon has claimed is not claimed by one that started at the same time and is slower", async () => {
  const folder = await newFolder();
  await claimFolder(folder, await answering());
  await expect(claimFolder(folder, await answering())).rejects.toThrow("A daemon runs with the state folder");
});

test.each([
  ["nothing", undefined],
  ["the claim of a daemon that was killed", '{"url":"http://127.0.0.1:1","pid":1}'],
  ["a damaged claim", "{"],
])("of many daemons that start at once one gets the folder, where there is %s", async (_, before) => {
  const folder = await newFolder();
  if (before !== undefined) await writeFile(join(folder, "daemon.json"), before);
  const urls = await Promise.all(Array.from({ length: 8 }, answering));
  const results = await Promise.allSettled(urls.map((url) => claimFolder(folder, url)));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  for (const result of results)
    if (result.status === "rejected") expect(result.reason.message).toContain("A daemon runs with");
  expect(await readdir(folder)).toEqual(["daemon.json"]);
});
